/**
 * What is not finished stands under a name that nobody can guess and everybody can tell, beside its place. What a crash
 * leaves is found by that name.
 */
import { randomBytes } from 'node:crypto';

const PREFIX = '.workstation-';
const PATTERN = /^\.workstation-[0-9a-f]{32}$/;

export function temporaryName(): string {
  return PREFIX + randomBytes(16).toString('hex');
}

export function isTemporary(name: string): boolean {
  return PATTERN.test(name);
}
