/** Rosters out: users become text that YAML 1.1 and 1.2 read alike. */
import { Document, visit } from 'yaml';
import { osUserOf, type WorkstationUser } from '../user.ts';
import { FIELDS } from './fields.ts';

/**
 * The users of one machine as the text of a roster: what `usersFromRoster` makes of it again are the same users, under
 * the names it chooses. Their accounts must be unique, as `catalog` makes sure.
 */
export function exportRoster(users: readonly WorkstationUser[]): string {
  const document = new Document({
    users: Object.fromEntries(users.map((user) => [osUserOf(user), entryOf(user)])),
  });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && !isPlain(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Map: (key, node) => {
      if (key === 'value' && node.items.length === 0) node.flow = true;
    },
    Seq: (_, node) => {
      node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The fields of an entry, without those that say the default. */
function entryOf({ spec }: WorkstationUser): Record<string, unknown> {
  const entries = Object.entries(FIELDS).map(([key, field]) => [key, spec[field]] as const);
  return Object.fromEntries(
    entries.filter(([key, value]) => value !== undefined && value !== DEFAULTS[key] && !isEmptyList(value)),
  );
}

const DEFAULTS: Readonly<Record<string, unknown>> = {
  code_layout: 'single',
  suspended: false,
  offboarding: 'Retain',
};

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Whether YAML 1.1 and 1.2 both take the text for text without quotes. */
function isPlain(text: string): boolean {
  return (
    /^[A-Za-z_][A-Za-z0-9_.@-]*$/.test(text) &&
    !/^(y|n|yes|no|on|off|true|false|null|_|e-?[0-9]+)$/i.test(text)
  );
}
