/** The images that a cluster runs, made without a registry. */
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { CHECKOUT } from '../machine/machine.ts';
import type { Builder } from './builder.ts';
import { PAUSE_IMAGE } from './nodeconfig.ts';

/** The image of the Dockerfile, by the name that pods give. */
export const IMAGE = 'localhost/workstation:test';

const BASE = 'localhost/base:1';
const NODE = join(import.meta.dirname, '../../../node_modules/node/bin/node');

/** Builds it from the checkout with its own Dockerfile. */
export async function buildImage(builder: Builder): Promise<void> {
  await makeBase(builder);
  await builder.build({
    context: CHECKOUT,
    tag: IMAGE,
    args: { BUILD_IMAGE: BASE, FILES_IMAGE: BASE },
    volumes: ['/usr', CHECKOUT],
  });
}

/**
 * Stands for the official image of Node: the builder's own Debian, which each step sees in /usr, with the Node that the
 * tests run on, and an `npm ci` that needs no registry: this checkout was installed by the real one, from the same lock
 * file.
 */
async function makeBase(builder: Builder): Promise<void> {
  await builder.machine.write('/usr/local/bin/node', await readFile(NODE), 0o755);
  await builder.machine.write(
    '/usr/local/bin/npm',
    `#!/bin/sh\nln -s ${CHECKOUT}/node_modules node_modules\n`,
    0o755,
  );
  await builder.machine.output(['sh', '-ec', MAKE_ROOT]);
  await builder.machine.write('/srv/base/Dockerfile', 'FROM scratch\nCOPY root /\n');
  await builder.build({ context: '/srv/base', tag: BASE });
}

/** What a merged /usr needs beside it. */
const MAKE_ROOT = `
  mkdir -p /srv/base/root/tmp
  cd /srv/base/root
  for directory in bin lib lib64 sbin; do ln -s "usr/$directory" .; done
`;

/** A process that waits for ever, and reaps: what holds the namespaces of a pod. */
export async function buildPause(builder: Builder): Promise<void> {
  await builder.machine.output(['install', '-D', '/usr/bin/catatonit', '/srv/pause/pause']);
  await builder.machine.write(
    '/srv/pause/Dockerfile',
    'FROM scratch\nCOPY pause /\nENTRYPOINT ["/pause", "-P"]\n',
  );
  await builder.build({ context: '/srv/pause', tag: PAUSE_IMAGE });
}
