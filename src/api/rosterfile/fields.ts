/** The fields of an entry, and what they are called in a spec. */
import type { UserSpec } from '../user.ts';

export const FIELDS: Readonly<Record<string, Exclude<keyof UserSpec, 'osUser'>>> = {
  authentik_user: 'authentikUser',
  k8s_user: 'k8sUser',
  tier: 'tier',
  namespaces: 'namespaces',
  code_layout: 'codeLayout',
  repos: 'repos',
  suspended: 'suspended',
  offboarding: 'offboarding',
  workstation: 'workstation',
  workstation_selector: 'workstationSelector',
};
