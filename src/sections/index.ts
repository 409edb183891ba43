/** The sections of a pass, in the order in which their actions are done. */
import { account } from './account.ts';
import { code } from './code.ts';
import { commands } from './commands.ts';
import { files } from './files.ts';
import { freshness } from './freshness.ts';
import { kubeconfig } from './kubeconfig.ts';
import { parents } from './parents.ts';
import { secrets } from './secrets.ts';
import type { Section } from './section.ts';
import { services } from './services.ts';
import { settings } from './settings.ts';

export const SECTIONS: readonly Section[] = [
  account,
  code,
  freshness,
  parents,
  kubeconfig,
  files,
  settings,
  secrets,
  commands,
  services,
];
