/** Whom a section is for. */
import { z } from 'zod';
import { Tier } from '../user.ts';

/** The two fields that every section may have: at most one of them. */
export const selection = {
  tiers: z
    .array(Tier)
    .min(1)
    .max(3)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional()
    .describe('Only for people of these tiers.'),
  exceptTiers: z
    .array(Tier)
    .min(1)
    .max(3)
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional()
    .describe('For everybody but people of these tiers.'),
};

export interface Selection {
  readonly tiers?: readonly Tier[] | undefined;
  readonly exceptTiers?: readonly Tier[] | undefined;
}

export function selects(selection: Selection, tier: Tier): boolean {
  if (selection.exceptTiers?.includes(tier)) return false;
  return selection.tiers?.includes(tier) ?? true;
}
