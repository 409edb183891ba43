import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { FileRefused } from '../../../../src/host/files/refusal.ts';
import { SystemFiles } from '../../../../src/host/files/system.ts';
import { layOut, removeTemporaryDirectories, snapshot, temporaryDirectory } from './layout.ts';

afterEach(removeTemporaryDirectories);

let root: string;
let files: SystemFiles;
beforeEach(() => {
  root = temporaryDirectory();
  files = new SystemFiles(root);
});
afterEach(() => files.close());

it('works below its root, through the links of the system', async () => {
  await layOut(root, { 'usr/etc': { dir: true }, etc: { link: '/usr/etc' } });
  files.makeDirectory({ path: '/etc/tool', mode: 0o750 });
  files.writeFile({ path: '/etc/tool/a', content: 'hello', mode: 0o640 });
  files.setMode('/etc/tool/a', 0o600);
  files.rename({ from: '/etc/tool/a', to: '/etc/tool/b' });
  expect(snapshot(root)).toEqual({
    etc: 'link /usr/etc',
    usr: 'dir 755',
    'usr/etc': 'dir 755',
    'usr/etc/tool': 'dir 750',
    'usr/etc/tool/b': 'file 600 hello',
  });
  expect(files.observe([{ path: '/etc/tool/b', read: 'text' }]).get('/etc/tool/b')).toMatchObject({
    text: 'hello',
  });

  files.removeTree('/etc/tool/b');
  files.removeTree('/etc/tool');
  expect(snapshot(join(root, 'usr/etc'))).toEqual({});
});

it('writes and reads whole what it is told may be larger than a managed file', () => {
  const content = 'x'.repeat(5 * 2 ** 20);
  const limit = 6 * 2 ** 20;
  expect(() => files.writeFile({ path: '/state', content, mode: 0o644 })).toThrow('make it smaller');
  files.writeFile({ path: '/state', content, mode: 0o644, limit });
  expect(files.observeText('/state', limit)).toMatchObject({ kind: 'file', text: content });
  const [seen] = files.observe([{ path: '/state', read: 'text' }]).values();
  expect(seen).not.toHaveProperty('text');
  expect(files.observeText('/none', limit)).toEqual({ kind: 'absent' });
});

it('changes nothing through a link where the file itself should be', async () => {
  await layOut(root, { target: { file: 'x' }, 'etc/link': { link: '/target' } });
  expect(() => files.writeFile({ path: '/etc/link', content: 'new', mode: 0o644 })).toThrow(FileRefused);
  expect(snapshot(root)).toMatchObject({ target: 'file 644 x', 'etc/link': 'link /target' });
});

it('never leaves its root, though the same path exists outside', async () => {
  const outside = temporaryDirectory();
  mkdirSync(join(outside, 'd'));
  symlinkSync(outside, join(root, 'absolute'));
  symlinkSync(`${'../'.repeat(20)}${outside}`, join(root, 'upwards'));
  files.writeFile({ path: '/absolute/d/f', content: 'x', mode: 0o644 });
  files.writeFile({ path: '/upwards/d/g', content: 'x', mode: 0o644 });
  expect(snapshot(outside)).toEqual({ d: 'dir 755' });
  expect(snapshot(root)).toMatchObject({ [join(outside, 'd/f').slice(1)]: 'file 644 x' });
});

it('removes what a crash left', async () => {
  await layOut(root, { [`etc/.workstation-${'0'.repeat(32)}`]: { file: 'half' } });
  files.removeLeftovers('/etc');
  expect(snapshot(root)).toEqual({ etc: 'dir 755' });
});
