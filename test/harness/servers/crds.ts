import { setTimeout } from 'node:timers/promises';
import { parse } from 'yaml';
import { printCustomResourceDefinitions } from '../../../src/api/crd/index.ts';
import type { CrdOptions } from '../../../src/api/crd/index.ts';
import type { Apiserver } from './kubernetes.ts';

export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const USERS = '/apis/workstation.dev/v1alpha1/workstationusers';
export const WORKSTATIONS = '/apis/workstation.dev/v1alpha1/workstations';

/**
 * Applies the definitions as their text, with nothing unknown let through, and waits until both kinds are served.
 * Throws with the server's answer when it refuses one.
 */
export async function applyDefinitions(server: Apiserver, options?: CrdOptions): Promise<void> {
  for (const text of definitionTexts(options)) {
    const { metadata } = parse(text) as { metadata: { name: string } };
    const path = `${DEFINITIONS}/${metadata.name}?fieldManager=test&force=true&fieldValidation=Strict`;
    const answer = await server.request('PATCH', path, text, 'application/apply-patch+yaml');
    if (answer.status >= 300) throw new Error(`applying ${metadata.name}: ${JSON.stringify(answer.body)}`);
  }
  for (const path of [USERS, WORKSTATIONS]) {
    await until(`${path} is served`, async () => (await server.request('GET', path)).status === 200);
  }
}

/** One text for each definition. */
export function definitionTexts(options?: CrdOptions): string[] {
  return printCustomResourceDefinitions(options)
    .split(/^---\n/m)
    .filter((text) => text !== '');
}

/** Waits for a condition, half a minute at most. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waiting until ${what}: it is not so after 30 s`);
    await setTimeout(50);
  }
}
