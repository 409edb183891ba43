import { execFileSync } from 'node:child_process';
import { jest } from '@jest/globals';
import { appendFileSync, chmodSync, linkSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { SystemFiles } from '../../../../src/host/files/system.ts';
import { LogFiles } from '../../../../src/host/logfiles.ts';
import { layOut, removeTemporaryDirectories, snapshot, temporaryDirectory, type Item } from './layout.ts';

const FULL = join(import.meta.dirname, 'full.ts');

let root: string;
let files: SystemFiles;
beforeEach(() => {
  root = temporaryDirectory();
  files = new SystemFiles(root);
});
afterEach(() => {
  files.close();
  removeTemporaryDirectories();
});

const append = (text: string, more: object = {}) =>
  files.appendLines({ path: '/var/log/x', text, mode: 0o640, ...more });

describe('appending lines', () => {
  it('makes the file and its directories, whatever the umask, and tells how long it is', () => {
    const before = process.umask(0o077);
    try {
      expect(append('one\n')).toBe(4);
    } finally {
      process.umask(before);
    }
    expect(append('two é\n')).toBe(11);
    expect(snapshot(root)).toEqual({
      var: 'dir 755',
      'var/log': 'dir 755',
      'var/log/x': 'file 640 one\ntwo é\n',
    });
  });

  it('leaves mode and group of a file that is there as they are', () => {
    append('one\n');
    chmodSync(join(root, 'var/log/x'), 0o600);
    append('two\n', { gid: 12_345 });
    expect(snapshot(join(root, 'var/log'))).toEqual({ x: 'file 600 one\ntwo\n' });
    expect(statSync(join(root, 'var/log/x')).gid).toBe(process.getgid?.());
  });

  it('ends half a line first', () => {
    append('one\n');
    appendFileSync(join(root, 'var/log/x'), 'tw');
    expect(append('three\n')).toBe(13);
    expect(readFileSync(join(root, 'var/log/x'), 'utf8')).toBe('one\ntw\nthree\n');
  });

  it.each<[string, Item, string]>([
    ['a symbolic link', { link: '/target' }, '/var/log/x: the system answered ELOOP'],
    ['a FIFO', { special: 'fifo' }, '/var/log/x is not a file: move it away'],
    ['a directory', { dir: true }, '/var/log/x: the system answered EISDIR'],
    ['a socket', { special: 'socket' }, '/var/log/x: the system answered ENXIO'],
  ])('refuses %s where the file should be', async (_, item, message) => {
    await layOut(root, { target: { file: 'x' }, 'var/log/x': item });
    expect(() => append('one\n')).toThrow(message);
    expect(() => files.openToRead('/var/log/x')).toThrow(/ELOOP|is not a file|ENXIO/);
    expect(readFileSync(join(root, 'target'), 'utf8')).toBe('x');
  });

  it('takes back what a full disk has taken the first part of', () => {
    // A limit of 512 or 1024 bytes to a file, as the shell counts: a disk that is full to the byte.
    const program = ['sh', '-c', 'ulimit -f 1; exec "$@"', 'sh', process.execPath, FULL, root];
    expect(execFileSync(program[0] ?? '', program.slice(1), { encoding: 'utf8' })).toMatch(
      /^\d+ \/var\/log\/x: the system answered EFBIG\n$/,
    );
    expect(readFileSync(join(root, 'var/log/x'), 'utf8')).toMatch(/^(x{99}\n)+$/);
  });

  it('refuses a file of somebody else', () => {
    append('one\n');
    const { uid } = statSync(join(root, 'var/log/x'));
    const self = jest.spyOn(process, 'geteuid').mockReturnValue(uid + 1);
    try {
      expect(() => append('two\n')).toThrow(`/var/log/x belongs to uid ${uid}`);
    } finally {
      self.mockRestore();
    }
  });

  it('gives a file that it makes to those who read logs', () => {
    const gid = process.getgid?.();
    new LogFiles(files, () => gid).append('/var/log/x', 'one\n');
    new LogFiles(files).append('/var/log/y', 'one\n');
    expect(snapshot(join(root, 'var/log'))).toEqual({ x: 'file 640 one\n', y: 'file 600 one\n' });
    expect(statSync(join(root, 'var/log/x')).gid).toBe(gid);
  });
});

describe('setting a file aside', () => {
  it('gives it a name that was free', () => {
    append('one\n');
    files.setAside('/var/log/x', '/var/log/y');
    expect(snapshot(join(root, 'var/log'))).toEqual({ y: 'file 640 one\n' });
  });

  it('replaces nothing', () => {
    append('one\n');
    files.appendLines({ path: '/var/log/y', text: 'other\n', mode: 0o600 });
    expect(() => files.setAside('/var/log/x', '/var/log/y')).toThrow('/var/log/y exists already');
    linkSync(join(root, 'var/log/x'), join(root, 'var/log/z'));
    expect(() => files.setAside('/var/log/x', '/var/log/z')).toThrow('/var/log/z exists already');
  });

  it.each(['/var/log/none', '/none/x'])('cannot be done to %s, which is not there', (path) => {
    append('one\n');
    expect(() => files.setAside(path, '/var/log/y')).toThrow(`${path}: the system answered ENOENT`);
  });
});

describe('an open log', () => {
  it('is read in pieces, and stays the same file under another name', () => {
    const log = new LogFiles(files);
    const text = `${'x'.repeat(100_000)}\n`;
    append(text);
    const open = log.open('/var/log/x');
    log.setAside('/var/log/x', '/var/log/y');
    append('new\n');
    expect(log.open('/var/log/y')?.identity).toBe(open?.identity);
    expect(log.open('/var/log/x')?.identity).not.toBe(open?.identity);
    let read = '';
    for (let piece = open?.read(); piece?.length; piece = open?.read()) read += piece.toString();
    open?.close();
    expect(read === text).toBe(true);
  });

  it('is none where there is no file, nor is there a name in no directory', () => {
    const log = new LogFiles(files);
    expect(log.open('/var/log/x')).toBeUndefined();
    expect(log.names('/var/log')).toEqual([]);
    log.remove('/var/log/x');
    append('one\n');
    truncateSync(join(root, 'var/log/x'));
    expect(log.names('/var/log')).toEqual(['x']);
    log.remove('/var/log/x');
    expect(log.names('/var/log')).toEqual([]);
  });
});
