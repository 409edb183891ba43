import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openRoot } from '../../../src/host/files/calls.ts';
import type { LinkPolicy } from '../../../src/host/files/links.ts';
import { operate } from '../../../src/host/files/operation.ts';
import type { Operation } from '../../../src/host/files/operation.ts';
import { FileRefused } from '../../../src/host/files/refusal.ts';
import type { Refusal } from '../../../src/host/files/refusal.ts';
import { SystemFiles } from '../../../src/host/files/system.ts';
import { Tree } from '../../../src/host/files/tree.ts';
import { RequestQueue } from '../../../src/host/home/queue.ts';
import type { Probe } from '../../../src/sections/facts.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { SECRET, clearGrounds, evidence, linkOwn, makeOwn, mallory, prepareGround } from './ground.ts';

const PATHS = [
  'start.sh',
  '.kube/config',
  '.config/tool/env',
  '.local/state/tool/token',
  'code/infra/.git/config',
];

/** Every managed path, and every parent of it, is a link once. */
const SPOTS = PATHS.flatMap((path) => {
  const names = path.split('/');
  return names.map(
    (_, i) => [`/home/mallory/${names.slice(0, i + 1).join('/')}`, `/home/mallory/${path}`] as const,
  );
});

const TARGETS = [
  ['the home of somebody else', '/home/ada'],
  ['a file of somebody else', '/home/ada/f'],
  ['a directory of root', '/etc/private'],
  ['a file of root', '/etc/private/f'],
  ['a file that does not exist in a directory of root', '/etc/cron.d/evil'],
  ['a directory of her own outside her home', '/srv/mallory'],
  ['a file of her own outside her home', '/srv/mallory/f'],
] as const;

function operationsAt(path: string): Operation[] {
  const content = { content: 'changed', mode: 0o777 };
  return [
    { op: 'write-file', path, ...content },
    { op: 'write-file', path: `${path}/new`, ...content },
    { op: 'make-directory', path, mode: 0o777 },
    { op: 'make-directory', path: `${path}/new/new`, mode: 0o777 },
    { op: 'set-mode', path, mode: 0o777 },
    { op: 'rename', from: path, to: '/home/mallory/new' },
    { op: 'rename', from: '/home/mallory/own', to: `${path}/new` },
    { op: 'remove-tree', path: `${path}/f` },
    { op: 'remove-leftovers', path },
  ];
}

function probesAt(path: string): Probe[] {
  return (['text', 'list', 'stat'] as const).flatMap((read) =>
    [path, `${path}/f`, `${path}/f/g`].map((path) => ({ path, read })),
  );
}

describeMachine('links that a user has made in her home', () => {
  let root: string;
  let asUser: RequestQueue;
  beforeAll(() => {
    root = prepareGround();
    makeOwn(root, mallory, '/home/mallory/own');
    asUser = new RequestQueue(root, 10_000, 60_000);
  });
  afterAll(async () => {
    await asUser.close();
    clearGrounds();
  });

  /** With the link at `spot` in place. */
  async function withLink(spot: string, target: string, work: () => Promise<void>): Promise<void> {
    linkOwn(root, mallory, spot, target);
    const before = evidence(root, 'everywhere');
    await work();
    expect(evidence(root, 'everywhere')).toBe(before);
    rmSync(join(root, spot.split('/').slice(0, 4).join('/')), { recursive: true });
  }

  describe.each(TARGETS)('to %s', (_, target) => {
    it.each(['as the machine names it', 'as the real root names it'])(
      'are not followed for her: %s',
      async (naming) => {
        const written = naming.startsWith('as the machine') ? target : join(root, target);
        for (const [spot, path] of SPOTS) {
          await withLink(spot, written, async () => {
            const asked = operationsAt(path).map((operation) =>
              asUser.ask({ user: mallory, ...operation }, ''),
            );
            const refusal: Refusal = { reason: 'symlink', at: spot, target: written };
            for (const response of await Promise.all(asked))
              expect(response).toEqual({ kind: 'refused', refusal });
            const seen = await asUser.ask({ user: mallory, op: 'observe', probes: probesAt(path) }, '');
            expect(
              seen.kind === 'observed' &&
                seen.entries
                  .map(([, { kind }]) => kind)
                  .filter((kind) => kind !== 'symlink' && kind !== 'blocked'),
            ).toEqual([]);
            expect(JSON.stringify(seen)).not.toContain(SECRET);
          });
        }
      },
    );

    it('are not followed for root, who works there by mistake', async () => {
      const system = new SystemFiles(root);
      for (const [spot, path] of SPOTS) {
        await withLink(spot, target, async () => {
          for (const operation of operationsAt(path))
            expect(refusalOf(root, 'system', operation)).toEqual({ reason: 'symlink', at: spot, target });
          const entries = [...system.observe(probesAt(path)).values()];
          expect(
            entries.map(({ kind }) => kind).filter((kind) => kind !== 'symlink' && kind !== 'blocked'),
          ).toEqual([]);
          await Promise.resolve();
        });
      }
      system.close();
    });
  });
});

function refusalOf(root: string, policy: LinkPolicy, operation: Operation): Refusal | undefined {
  const tree = new Tree({ fd: openRoot(root), path: '/' }, policy);
  try {
    operate(tree, operation);
    return undefined;
  } catch (error) {
    if (error instanceof FileRefused) return error.refusal;
    throw error;
  } finally {
    tree.close();
  }
}
