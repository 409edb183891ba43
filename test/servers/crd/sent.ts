/** The cases of the schema tests as objects to send, and what is said of them on both sides. */
import { parseAllDocuments } from 'yaml';
import { importManifests } from '../../../src/api/manifest.ts';
import { isMapping } from '../../../src/api/text/json.ts';
import { API_VERSION } from '../../../src/api/user.ts';
import { USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';

/** An object as somebody wrote it, right or wrong. */
export interface Sent {
  readonly path: string;
  readonly object: object;
}

/** The objects of a manifest that can be sent: of our two kinds, alone in their documents. */
export function objectsInManifest(text: string): Sent[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object: unknown = document.toJS();
    const path = isMapping(object) ? PATHS[String(object['kind'])] : undefined;
    return path === undefined ? [] : [{ path, object: object as object }];
  });
}

const PATHS: Readonly<Record<string, string>> = { WorkstationUser: USERS, Workstation: WORKSTATIONS };

/** The people of a roster, each as somebody would write the object: null says nothing there. */
export function objectsInRoster(text: string): Sent[] {
  const [document] = parseAllDocuments(text);
  // A key twice stops the parser of a text; there is no such object.
  const roster: unknown = document?.errors.length === 0 ? document.toJS() : undefined;
  const users = isMapping(roster) && isMapping(roster['users']) ? roster['users'] : {};
  return Object.entries(users).flatMap(([osUser, entry]) =>
    isMapping(entry) ? [person(osUser, entry)] : [],
  );
}

function person(osUser: string, entry: Readonly<Record<string, unknown>>): Sent {
  const members = Object.entries(entry)
    .filter(([key, value]) => !(value === null && (key === 'namespaces' || key === 'repos')))
    .map(([key, value]) => [FIELDS[key] ?? key, value]);
  const spec: unknown = { osUser, ...Object.fromEntries(members) };
  return {
    path: USERS,
    object: { apiVersion: API_VERSION, kind: 'WorkstationUser', metadata: { name: 'someone' }, spec },
  };
}

const FIELDS: Readonly<Record<string, string>> = {
  authentik_user: 'authentikUser',
  k8s_user: 'k8sUser',
  code_layout: 'codeLayout',
};

/** What the command line says of an object, as `field: sentence`; nothing for a sound one. */
export function complaintsHere({ object }: Sent): string[] {
  return importManifests('f', JSON.stringify(object)).problems.map(({ message }) => message);
}

/** What the API server says of it, in the same form. It keeps nothing. */
export async function complaintsThere(server: Apiserver, { path, object }: Sent): Promise<string[]> {
  const answer = await server.request('POST', `${path}?dryRun=All&fieldValidation=Strict`, object);
  if (answer.status < 300) return [];
  const { message, details } = answer.body as Status;
  return details?.causes?.map((cause) => `${cause.field ?? ''}: ${cause.message}`) ?? [message];
}

interface Status {
  readonly message: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message: string }[] };
}

/** A complaint without the place and what was found: the sentence that both sides share. */
export function sentenceOf(complaint: string): string {
  return complaint
    .replace(/^\S+: /, '')
    .replace(/^Invalid value: ("(\\.|[^"\\])*": )?/, '')
    .replace(/^found (nothing|this key|the \w+ \S+|\d+ \w+|"(\\.|[^"\\])*"), /, '');
}
