import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootOf, verifyReach } from '../../../../src/host/programs/reach.ts';

describe('the way to a machine', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'reach-'));
    for (const name of ['host', 'container', 'proc-1']) mkdirSync(join(directory, name));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('leads below a root that ends without a slash', () => {
    expect(rootOf({ kind: 'live' })).toBe('');
    expect(rootOf({ kind: 'image', root: '/' })).toBe('');
    expect(rootOf({ kind: 'mounted', root: '/host/' })).toBe('/host');
  });

  it('is right where PID 1 has the mounted directory as its root', async () => {
    symlinkSync(join(directory, 'host'), join(directory, 'proc-1/root'));
    const reach = { kind: 'mounted', root: join(directory, 'host') } as const;
    await expect(verifyReach(reach, join(directory, 'proc-1'))).resolves.toBeUndefined();
  });

  it('is wrong where PID 1 is the container’s own', async () => {
    symlinkSync(join(directory, 'container'), join(directory, 'proc-1/root'));
    const root = join(directory, 'host');
    await expect(verifyReach({ kind: 'mounted', root }, join(directory, 'proc-1'))).rejects.toThrow(
      `reaching the machine mounted at ${root}: PID 1 has another root directory, share the PID namespace`,
    );
  });

  it('is wrong where nothing is mounted, or PID 1 cannot be looked at', async () => {
    const attempt = (root: string) => verifyReach({ kind: 'mounted', root }, join(directory, 'proc-1'));
    await expect(attempt(join(directory, 'nowhere'))).rejects.toThrow('cannot look at the directory');
    await expect(attempt(join(directory, 'host'))).rejects.toThrow('cannot look at the root of PID 1');
  });
});
