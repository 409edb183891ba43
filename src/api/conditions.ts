/** Conditions, as Kubernetes' metav1.Condition has them, and which ones a user has. */
import * as z from 'zod';

/** The conditions that the sections of a pass answer for, in the order of the pass. */
export const SECTION_CONDITIONS = [
  'AccountReady',
  'CodeReady',
  'CodeFresh',
  'FilesReady',
  'CommandsReady',
  'KubeconfigReady',
  'SecretsReady',
  'ServicesReady',
] as const;

/** Conditions that say how a machine stands as a whole. */
export const MACHINE_CONDITIONS = [
  'MachineReady',
  /** Whether what is declared could be read; while it could not, what was declared before holds. */
  'SourceReady',
  /** Present while more people are gone than may go in one step. */
  'RemovalsPaused',
  /** Whether users are as the roster of a ConfigMap has them, where the controller mirrors one. */
  'RosterMirrored',
  /** Present, and False, while the agent cannot renew what it is let in with by an API server. */
  'CredentialsReady',
] as const;

export const CONDITION_TYPES = [
  'Ready',
  'Accepted',
  ...SECTION_CONDITIONS,
  ...MACHINE_CONDITIONS,
  'ClusterAccessReady',
  /** Of somebody who is being deleted: the reversible cut is made and was seen to be. */
  'Offboarded',
  'Reconciling',
  'Stalled',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export const Condition = z.strictObject({
  type: z.string().max(316).describe('The kind of condition.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
  observedGeneration: z.int().min(0).optional().describe('The generation of the spec that this was said of.'),
  lastTransitionTime: z.iso.datetime().describe('When the status last changed, RFC 3339.'),
  reason: z
    .string()
    .max(1024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .describe('One word in CamelCase.'),
  message: z.string().max(32768).describe('A sentence for a person.'),
});
export type Condition = z.output<typeof Condition>;

/** A condition before it is known since when it holds. */
export type Finding = Pick<Condition, 'status' | 'reason' | 'message'> & { readonly type: ConditionType };

/** Conditions with new findings: what did not change its status keeps its time, what is not found any more goes. */
export function mergeConditions(
  before: readonly Condition[],
  findings: readonly Finding[],
  now: Date,
  observedGeneration?: number,
): Condition[] {
  const found = findings.map((finding) => ({
    ...finding,
    lastTransitionTime: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  }));
  return keepTransitionTimes(before, found);
}

/** Conditions of which those that have the status they had before hold since then. */
export function keepTransitionTimes(
  before: readonly Condition[],
  conditions: readonly Condition[],
): Condition[] {
  return conditions.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    return old?.status === condition.status
      ? { ...condition, lastTransitionTime: old.lastTransitionTime }
      : condition;
  });
}
