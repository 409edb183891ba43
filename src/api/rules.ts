/** A rule over several fields, said once: zod checks it here, CEL checks it in the API server, with one sentence. */
import { z } from 'zod';

export interface Rule<T> {
  /** The rule in CEL over `self`: https://kubernetes.io/docs/reference/using-api/cel/ */
  readonly cel: string;
  /** The same rule here. */
  readonly holds: (value: T) => boolean;
  /** What was found and what to do; no trailing period. */
  readonly message: string;
  /** The field to point at; the object itself when left out. */
  readonly field?: string;
}

/** A rule about a change, which only the API server can check: `oldSelf` is the object before. */
export interface TransitionRule {
  readonly cel: string;
  readonly message: string;
}

export function withRules<S extends z.ZodType>(
  schema: S,
  rules: readonly Rule<z.output<S>>[],
  transitions: readonly TransitionRule[] = [],
): S {
  const checked = schema.superRefine((value, context) => {
    for (const rule of rules) {
      if (rule.holds(value)) continue;
      context.addIssue({ code: 'custom', message: rule.message, path: rule.field ? [rule.field] : [] });
    }
  });
  return checked.meta({
    ...schema.meta(),
    'x-kubernetes-validations': [...rules, ...transitions].map(({ cel, message }) => ({
      rule: cel,
      message,
    })),
  });
}
