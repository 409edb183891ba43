import { secrets } from '../../../src/sections/secrets.ts';
import { plans } from './build.ts';
import { binary, directory, fifo, file, link } from './tree.ts';

const TOKEN = '.config/claude-auth-sync/vault-token';
const ready = {
  '.config/claude-auth-sync': directory(0o700),
  '.local/state/claude-auth-sync': directory(0o700),
  [TOKEN]: file('hvs.x\n', 0o600),
};
const make = (path: string) => ({ kind: 'make-directory', path: `/home/emo/${path}`, mode: 0o700 });
const mint = {
  kind: 'mint-token',
  path: `/home/emo/${TOKEN}`,
  policies: ['workstation-claude-emo'],
  period: '768h',
  displayName: 'devvm-claude-auth-emo',
};
const noVault =
  'Waiting NoVaultToken: mint claude-auth: there is no Vault token that may mint: run apply with VAULT_ADDR and VAULT_TOKEN';
const TIMER = 'claude-auth-sync@emo.timer';

describe('a secret', () => {
  plans(secrets, {
    'is minted in a fresh home, after its directories and before its units': {
      found: { units: { [TIMER]: { enabled: false, active: 'inactive' } } },
      actions: [
        make('.config/claude-auth-sync'),
        make('.local/state/claude-auth-sync'),
        mint,
        { kind: 'enable-unit', unit: TIMER },
        { kind: 'start-unit', unit: TIMER },
      ],
    },
    'that is there needs nothing': { found: { home: ready } },
    'that is there needs no Vault': { found: { home: ready, canMint: false } },
    'waits for Vault; directories and units do not': {
      found: { canMint: false, units: { [TIMER]: { active: 'inactive' } } },
      actions: [
        make('.config/claude-auth-sync'),
        make('.local/state/claude-auth-sync'),
        { kind: 'start-unit', unit: TIMER },
      ],
      troubles: [noVault],
    },
    'is minted into an empty file': { found: { home: { ...ready, [TOKEN]: '' } }, actions: [mint] },
    'may be any bytes': { found: { home: { ...ready, [TOKEN]: binary() } } },
    'has directories whose bits are the person’s own': {
      found: { home: { ...ready, '.config/claude-auth-sync': directory(0o755) } },
    },
    'is not minted through a link': {
      found: { home: { ...ready, [TOKEN]: link('/tmp/x') } },
      troubles: [
        `Refused SymbolicLink: mint claude-auth: /home/emo/${TOKEN} is a symbolic link to /tmp/x, which is never followed: remove it`,
      ],
    },
    'is not minted into a FIFO': {
      found: { home: { ...ready, [TOKEN]: fifo } },
      troubles: [`Refused SpecialFile: mint claude-auth: /home/emo/${TOKEN} is a fifo: remove it`],
    },
    'has no directory where a link stands for it': {
      found: {
        home: { '.config/claude-auth-sync': link('/root'), '.local/state/claude-auth-sync': directory() },
      },
      troubles: [
        'Refused SymbolicLink: make a directory for claude-auth: /home/emo/.config/claude-auth-sync is a symbolic link to /root, which is never followed: remove it',
        'Refused SymbolicLink: mint claude-auth: /home/emo/.config/claude-auth-sync is a symbolic link to /root, which is never followed: remove it',
      ],
    },
    'has no directory where a file stands': {
      found: { home: { ...ready, '.local/state/claude-auth-sync': 'x' } },
      troubles: [
        'Refused IsFile: make a directory for claude-auth: /home/emo/.local/state/claude-auth-sync is a file: move it away',
      ],
    },
    'is not minted for whoever is locked out, and the units stop': {
      who: { spec: { suspended: true } },
      found: { home: { ...ready, [TOKEN]: { kind: 'absent' } } },
      actions: [{ kind: 'disable-unit', unit: TIMER }],
    },
  });
});
