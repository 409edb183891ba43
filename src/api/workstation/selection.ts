/** Whom a section is for. */
import * as z from 'zod';
import type { Rule } from '../rules.ts';
import { Tier } from '../user.ts';

const Tiers = z.array(Tier).min(1).max(3).meta({ 'x-kubernetes-list-type': 'set' });

/** The two fields that every section may have: at most one of them, which `selectionRule` says. */
export const selection = {
  tiers: Tiers.optional().describe('Only for people of these tiers.'),
  exceptTiers: Tiers.optional().describe('For everybody but people of these tiers.'),
};

export interface Selection {
  readonly tiers?: readonly Tier[] | undefined;
  readonly exceptTiers?: readonly Tier[] | undefined;
}

export const selectionRule: Rule<Selection> = {
  cel: '!(has(self.tiers) && has(self.exceptTiers))',
  holds: ({ tiers, exceptTiers }) => tiers === undefined || exceptTiers === undefined,
  message: 'tiers and exceptTiers exclude each other: remove one',
  field: 'exceptTiers',
};

export function selects(selection: Selection, tier: Tier): boolean {
  if (selection.exceptTiers?.includes(tier)) return false;
  return selection.tiers?.includes(tier) ?? true;
}
