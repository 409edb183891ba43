/** A rule over several fields, said once: zod checks it here, CEL checks it in the API server, with one sentence. */
import type { z } from 'zod';

export interface Rule<T> {
  /** The rule in CEL over `self`: https://kubernetes.io/docs/reference/using-api/cel/ */
  readonly cel: string;
  /** The same rule here. It only ever sees sound fields: reading one that has an issue of its own skips the rule. */
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
  const checked = schema.superRefine(
    (value, context) => {
      const unsound = context.issues.filter(isStructural).map(({ path }) => path ?? []);
      for (const rule of rules) {
        if (!isBroken(rule, value, unsound)) continue;
        context.addIssue({ code: 'custom', message: rule.message, path: rule.field ? [rule.field] : [] });
      }
    },
    // Structural issues and broken rules are told together, so the rules run even where the structure has issues.
    { when: () => true },
  );
  return checked.meta({
    ...schema.meta(),
    'x-kubernetes-validations': [...rules, ...transitions].map(({ cel, message }) => ({
      rule: cel,
      message,
    })),
  });
}

type Path = readonly PropertyKey[];

/** Whether an issue leaves a value of a wrong type or form: unknown fields and broken rules do not. */
function isStructural({ code }: z.core.$ZodRawIssue): boolean {
  return code !== 'unrecognized_keys' && code !== 'custom';
}

function isBroken<T>(rule: Rule<T>, value: T, unsound: readonly Path[]): boolean {
  if (unsound.some((path) => path.length === 0)) return false;
  try {
    return !rule.holds(unsound.length === 0 ? value : (guarded(value as object, unsound) as T));
  } catch (error) {
    if (error === UNSOUND) return false;
    throw error;
  }
}

const UNSOUND = new Error('a rule read a field that is not sound');

/** The value as it is, but reading what lies at one of the paths throws. */
function guarded(value: object, unsound: readonly Path[]): object {
  return new Proxy(value, {
    get(target, key): unknown {
      const below = unsound.filter(([first]) => String(first) === key).map((path) => path.slice(1));
      if (below.some((path) => path.length === 0)) throw UNSOUND;
      const member: unknown = Reflect.get(target, key);
      return below.length > 0 ? guarded(member as object, below) : member;
    },
  });
}
