import { readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { watchPaths } from '../../../src/source/files/events.ts';
import type { FileSource } from '../../../src/source/files/source.ts';
import { manifest, namesIn, roster, Stage, until, WORKSTATION } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.end());

const NEVER = 10 ** 8;
/** Once by events alone, once by polls alone. */
const MEANS = [
  ['events', { pollMs: NEVER }],
  ['polls', { pollMs: 5, hasEvents: false }],
] as const;

interface Change {
  /** What stands there before; a roster of ana when left out. */
  readonly before?: (stage: Stage) => void;
  readonly roster?: string;
  readonly make: (stage: Stage) => void;
  /** Brings cyd; a write in place when left out. */
  readonly again?: (stage: Stage) => void;
}

/** Each ends with ana and bob where ana alone was. */
const CHANGES: Readonly<Record<string, Change>> = {
  'a write in place': { make: (stage) => stage.write('roster.yaml', roster('ana', 'bob')) },
  'a write in place of as many bytes, with the times of before': {
    before: (stage) =>
      stage.write('roster.yaml', `${roster('ana')}#${'x'.repeat(roster('bob').length - 9)}\n`),
    make: (stage) => {
      const { size, atime, mtime } = statSync(stage.path('roster.yaml'));
      stage.write('roster.yaml', roster('ana', 'bob'));
      expect(statSync(stage.path('roster.yaml')).size).toBe(size);
      utimesSync(stage.path('roster.yaml'), atime, mtime);
    },
  },
  'a rename over it': { make: (stage) => stage.replace('roster.yaml', roster('ana', 'bob')) },
  'a removal, and a new file': {
    make: (stage) => {
      rmSync(stage.path('roster.yaml'));
      stage.write('roster.yaml', roster('ana', 'bob'));
    },
  },
  'a backup that editors leave': {
    make: (stage) => {
      renameSync(stage.path('roster.yaml'), stage.path('roster.yaml~'));
      stage.write('roster.yaml', roster('ana', 'bob'));
    },
  },
  'a rename over what a link leads to': {
    before: (stage) => {
      stage.write('clone/people.yaml', roster('ana'));
      symlinkSync('clone/people.yaml', stage.path('roster.yaml'));
    },
    make: (stage) => stage.replace('clone/people.yaml', roster('ana', 'bob')),
    again: (stage) => stage.replace('clone/people.yaml', roster('ana', 'bob', 'cyd')),
  },
  'a link that leads elsewhere now': {
    before: (stage) => {
      stage.write('one.yaml', roster('ana'));
      stage.write('two.yaml', roster('ana', 'bob'));
      symlinkSync('one.yaml', stage.path('roster.yaml'));
    },
    make: (stage) => {
      symlinkSync('two.yaml', stage.path('new'));
      renameSync(stage.path('new'), stage.path('roster.yaml'));
    },
  },
  'a swap of ..data': {
    before: (stage) => stage.swap('config', { 'roster.yaml': roster('ana') }),
    roster: 'config/roster.yaml',
    make: (stage) => stage.swap('config', { 'roster.yaml': roster('ana', 'bob') }),
    again: (stage) => stage.swap('config', { 'roster.yaml': roster('ana', 'bob', 'cyd') }),
  },
  'a swap of ..data in a folder': {
    before: (stage) => stage.swap('config', { 'roster.yaml': roster('ana') }),
    roster: 'config',
    make: (stage) => stage.swap('config', { 'roster.yaml': roster('ana', 'bob') }),
    again: (stage) => stage.swap('config', { 'roster.yaml': roster('ana', 'bob', 'cyd') }),
  },
  'a manifest that joins a folder': {
    before: (stage) => stage.write('people/ana.yaml', manifest('ana')),
    roster: 'people',
    make: (stage) => stage.write('people/bob.yaml', manifest('bob')),
    again: (stage) => stage.write('people/cyd.yaml', manifest('cyd')),
  },
  'a manifest that changes in a folder': {
    before: (stage) => stage.write('people/all.yaml', manifest('ana')),
    roster: 'people',
    make: (stage) => stage.write('people/all.yaml', `${manifest('ana')}---\n${manifest('bob')}`),
    again: (stage) => stage.write('people/cyd.yaml', manifest('cyd')),
  },
  'a parent directory that is removed and made again': {
    before: (stage) => stage.write('deep/er/roster.yaml', roster('ana')),
    roster: 'deep/er/roster.yaml',
    make: (stage) => {
      rmSync(stage.path('deep'), { recursive: true });
      stage.write('deep/er/roster.yaml', roster('ana', 'bob'));
    },
  },
  'a parent directory that is replaced': {
    before: (stage) => stage.write('deep/roster.yaml', roster('ana')),
    roster: 'deep/roster.yaml',
    make: (stage) => {
      stage.write('new/roster.yaml', roster('ana', 'bob'));
      renameSync(stage.path('deep'), stage.path('old'));
      renameSync(stage.path('new'), stage.path('deep'));
    },
  },
};

describe.each(MEANS)('by %s a source hears of', (_, means) => {
  it.each(Object.entries(CHANGES))('%s, and again of the next', async (_, change) => {
    const { before = () => stage.write('roster.yaml', roster('ana')), roster: path = 'roster.yaml' } = change;
    before(stage);
    stage.write('workstation.yaml', WORKSTATION);
    const source = await stage.start({ ...pathsOf(path), ...means });
    expect(namesIn(source)).toEqual(['ana']);
    change.make(stage);
    await sees(source, ['ana', 'bob']);
    expect(source.trouble).toBeUndefined();
    change.again?.(stage);
    if (change.again === undefined) stage.write(path, roster('ana', 'bob', 'cyd'));
    await sees(source, ['ana', 'bob', 'cyd']);
  });

  it('a policy that changes', async () => {
    stage.write('roster.yaml', roster('ana'));
    stage.write('workstation.yaml', WORKSTATION);
    const source = await stage.start(means);
    const { revision } = source.current ?? {};
    stage.write('workstation.yaml', WORKSTATION.replace('devvm', 'other'));
    await until(() => source.current?.workstation.object.metadata.name === 'other');
    expect(source.current?.workstation.directory).toBe(stage.folder);
    expect(source.current?.revision).not.toBe(revision);
  });

  it('files whose directory is not there yet when it starts', async () => {
    const source = stage.source({ ...pathsOf('deep/er/roster.yaml'), ...means });
    const started = source.start(() => undefined, new AbortController().signal);
    await until(() => source.trouble?.reason === 'RosterUnreadable');
    expect(source.current).toBeUndefined();
    stage.write('workstation.yaml', WORKSTATION);
    stage.write('deep/er/roster.yaml', roster('ana'));
    await started;
    expect(namesIn(source)).toEqual(['ana']);
  });
});

describe('a source', () => {
  it('that is stopped has no descriptor and no watch left', async () => {
    stage.write('roster.yaml', roster('ana'));
    stage.write('workstation.yaml', WORKSTATION);
    const before = watches();
    const source = await stage.start();
    await until(() => watches() > before);
    await source.stop();
    expect(watches()).toBe(before);
  });

  it('hears of nothing beside its own files', async () => {
    stage.write('people/ana.yaml', manifest('ana'));
    stage.write('people/sub/x.yaml', '{');
    let events = 0;
    const watching = watchPaths([stage.path('people')], {
      onEvent: () => (events += 1),
      onLost: () => undefined,
    });
    await until(() => events === 1);
    for (const name of ['notes.txt', '.hidden.yaml', 'sub/x.yaml', 'sub/y.yaml', 'ana.yaml~'])
      stage.write(`people/${name}`, '{}');
    stage.write('people/bob.yaml', manifest('bob'));
    await until(() => events > 1);
    // A file that comes may be told of twice: that it is there, and that it is written.
    expect(events).toBeLessThanOrEqual(3);
    await watching.close();
  });
});

function pathsOf(path: string) {
  return { paths: { roster: [stage.path(path)], workstation: stage.path('workstation.yaml') } };
}

async function sees(source: FileSource, names: readonly string[]): Promise<void> {
  const seen = () => namesIn(source).sort().join();
  await until(
    () => seen() === names.join(),
    () => `${seen()} ${JSON.stringify(source.trouble)}`,
  );
}

/** How many inotify watches this process has, see proc_pid_fdinfo(5). */
function watches(): number {
  return readdirSync('/proc/self/fdinfo')
    .map((fd) => infoOf(fd).match(/^inotify wd:/gm)?.length ?? 0)
    .reduce((sum, count) => sum + count, 0);
}

function infoOf(fd: string): string {
  try {
    return readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
  } catch {
    // The descriptor of the listing itself.
    return '';
  }
}
