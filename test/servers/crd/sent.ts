/** The cases of the schema tests as objects to send, and what is said of them on both sides. */
import { isMap, isSeq, parseAllDocuments } from 'yaml';
import { USERS, WORKSTATIONS } from '../../harness/servers/crds.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { importManifests } from '../../../src/api/manifest.ts';

/** An object as somebody wrote it, right or wrong. */
export interface Sent {
  readonly path: string;
  readonly object: Readonly<Record<string, unknown>>;
}

/** What is wrong, as `field: sentence`, or only the sentence; nothing for a sound object. */
export type Complaints = readonly string[];

/** The objects of a text that an API server can be sent: of our two kinds, alone in their documents. */
export function objectsIn(text: string): Sent[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object: unknown = document.toJS();
    const path = PATHS[(object as { kind?: string } | null)?.kind ?? ''];
    return path === undefined || !isMap(document.contents) || isSeq(document.contents)
      ? []
      : [{ path, object: object as Sent['object'] }];
  });
}

const PATHS: Readonly<Record<string, string>> = { WorkstationUser: USERS, Workstation: WORKSTATIONS };

/** What the command line says of an object, without the place in the text. */
export function complaintsHere({ object }: Sent): Complaints {
  return importManifests('f', JSON.stringify(object)).problems.map(({ message }) => message);
}

interface Status {
  readonly message: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message: string }[] };
}

/** What the API server says of it; it keeps nothing. */
export async function complaintsThere(server: Apiserver, { path, object }: Sent): Promise<Complaints> {
  const answer = await server.request('POST', `${path}?dryRun=All&fieldValidation=Strict`, object);
  if (answer.status < 300) return [];
  const { message, details } = answer.body as Status;
  return details?.causes?.map((cause) => `${cause.field ?? ''}: ${cause.message}`) ?? [message];
}
