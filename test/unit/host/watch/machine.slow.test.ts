import { chmodSync, readdirSync, renameSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import type { Hint, Watched } from '../../../../src/host/watch/hint.ts';
import { NOTHING, Stage, until, watches } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.write('/etc/passwd');
});
afterEach(() => stage.end());

const file = (path: string): Hint => ({ kind: 'file', path });
const unit = (unit: string): Hint => ({ kind: 'unit', unit });
const home = (osUser: string, name: string): Hint => ({ kind: 'home', osUser, name });

interface Case {
  readonly watched?: Partial<Watched>;
  readonly before?: (stage: Stage) => void;
  readonly change: (stage: Stage) => void;
  readonly hint: Hint;
}

const ADA = { homes: [{ osUser: 'ada', home: '/home/ada', names: ['.bashrc', 'code'] }] };
const UNITS = { units: ['tool@ada.service', 'sync.timer'] };
const LINKS = '/etc/systemd/system/multi-user.target.wants';

const CASES: Readonly<Record<string, Case>> = {
  'an account database that is replaced': {
    change: (stage) => stage.replace('/etc/passwd'),
    hint: { kind: 'accounts' },
  },
  'an account database that is written in place': {
    change: (stage) => stage.write('/etc/shadow', 'y'),
    hint: { kind: 'accounts' },
  },
  'a declared file that is replaced': {
    watched: { files: ['/etc/ttyd-user-map'] },
    before: (stage) => stage.write('/etc/ttyd-user-map'),
    change: (stage) => stage.replace('/etc/ttyd-user-map'),
    hint: file('/etc/ttyd-user-map'),
  },
  'a declared file that is removed': {
    watched: { files: ['/etc/map'] },
    before: (stage) => stage.write('/etc/map'),
    change: (stage) => stage.remove('/etc/map'),
    hint: file('/etc/map'),
  },
  'a declared file whose mode changes': {
    watched: { files: ['/etc/map'] },
    before: (stage) => stage.write('/etc/map'),
    change: (stage) => chmodSync(stage.path('/etc/map'), 0o666),
    hint: file('/etc/map'),
  },
  'a declared file whose directories are not there yet': {
    watched: { files: ['/opt/a/b/map'] },
    change: (stage) => stage.write('/opt/a/b/map'),
    hint: file('/opt/a/b/map'),
  },
  'any name in a declared directory': {
    watched: { directories: ['/etc/tool'] },
    before: (stage) => stage.directory('/etc/tool'),
    change: (stage) => stage.write('/etc/tool/ada.env'),
    hint: file('/etc/tool/ada.env'),
  },
  'a declared directory that is removed with all above it': {
    watched: { directories: ['/var/lib/tool/env'] },
    before: (stage) => stage.directory('/var/lib/tool/env'),
    change: (stage) => stage.remove('/var/lib'),
    hint: file('/var/lib/tool/env'),
  },
  'a unit file': {
    watched: UNITS,
    before: (stage) => stage.directory('/etc/systemd/system'),
    change: (stage) => stage.write('/etc/systemd/system/sync.timer'),
    hint: unit('sync.timer'),
  },
  'the file of a template': {
    watched: UNITS,
    before: (stage) => stage.directory('/etc/systemd/system'),
    change: (stage) => stage.write('/etc/systemd/system/tool@.service'),
    hint: unit('tool@ada.service'),
  },
  'a link that enables a unit': {
    watched: UNITS,
    before: (stage) => stage.directory(LINKS),
    change: (stage) => symlinkSync('../tool@.service', stage.path(`${LINKS}/tool@ada.service`)),
    hint: unit('tool@ada.service'),
  },
  'a link that is gone': {
    watched: UNITS,
    before: (stage) => stage.write(`${LINKS}/sync.timer`),
    change: (stage) => unlinkSync(stage.path(`${LINKS}/sync.timer`)),
    hint: unit('sync.timer'),
  },
  'links in a directory that is new': {
    watched: UNITS,
    before: (stage) => stage.directory('/etc/systemd/system'),
    change: (stage) => stage.write('/etc/systemd/system/timers.target.wants/sync.timer'),
    hint: unit('sync.timer'),
  },
  'a managed name in a home': {
    watched: ADA,
    before: (stage) => {
      stage.directory('/home/ada');
      // Nobody's directory but a home may be like this.
      chmodSync(stage.path('/home/ada'), 0o777);
    },
    change: (stage) => stage.write('/home/ada/.bashrc'),
    hint: home('ada', '.bashrc'),
  },
  'a home that is made': {
    watched: ADA,
    before: (stage) => stage.directory('/home'),
    change: (stage) => stage.directory('/home/ada'),
    hint: home('ada', 'code'),
  },
  'a home that is exchanged': {
    watched: ADA,
    before: (stage) => stage.directory('/home/ada'),
    change: (stage) => renameSync(stage.path('/home/ada'), stage.path('/home/old')),
    hint: home('ada', 'code'),
  },
};

describe('a machine that is watched hints at', () => {
  it.each(Object.entries(CASES))('%s', async (_, { watched = {}, before, change, hint }) => {
    before?.(stage);
    stage.watch(watched);
    change(stage);
    await stage.hears(hint);
  });

  it.each<readonly [string, (stage: Stage) => void, (stage: Stage) => void]>([
    ['removed', (stage) => stage.remove('/srv/a'), (stage) => stage.write('/srv/a/b/map')],
    [
      'moved away',
      (stage) => renameSync(stage.path('/srv/a'), stage.path('/srv/old')),
      (stage) => stage.write('/srv/a/b/map'),
    ],
    [
      'exchanged',
      (stage) => stage.write('/srv/new/b/map'),
      (stage) => {
        renameSync(stage.path('/srv/a'), stage.path('/srv/old'));
        renameSync(stage.path('/srv/new'), stage.path('/srv/a'));
      },
    ],
  ])('a file whose directory is %s and made again, again and again', async (_, first, second) => {
    stage.write('/srv/a/b/map');
    stage.watch({ files: ['/srv/a/b/map'] });
    first(stage);
    second(stage);
    await stage.hears(file('/srv/a/b/map'));
    for (let round = 0; round < 3; round += 1) {
      stage.write('/srv/a/b/map', `${round}`);
      await stage.hears(file('/srv/a/b/map'));
    }
    stage.remove('/srv/a/b');
    await stage.hears(file('/srv/a/b/map'));
    stage.write('/srv/a/b/map');
    await stage.hears(file('/srv/a/b/map'));
  });
});

describe('a machine that is watched', () => {
  it('hears of each link in a directory of links that came later', async () => {
    stage.directory('/etc/systemd/system');
    stage.watch(UNITS);
    stage.directory(LINKS);
    await stage.hears(unit('sync.timer'));
    for (const name of UNITS.units) {
      stage.write(`${LINKS}/${name}`);
      await stage.hears(unit(name));
      expect(stage.hints).toEqual([]);
    }
  });

  it('watches a directory anew that was removed and made again at once, with the inode of before', async () => {
    stage.directory('/srv/a');
    stage.watch({ files: ['/srv/a/map'] });
    for (let round = 0; round < 20; round += 1) {
      stage.remove('/srv/a');
      stage.directory('/srv/a');
      await stage.hears(file('/srv/a/map'));
      stage.write('/srv/a/map');
      await stage.hears(file('/srv/a/map'));
    }
  });

  /** What changes last is heard of, and nothing before it. */
  async function hearsOnlyTheLast(): Promise<void> {
    stage.replace('/etc/passwd');
    await until(
      () => stage.hints.some(({ kind }) => kind === 'accounts'),
      () => 'the last change',
    );
    expect(stage.hints).toEqual([{ kind: 'accounts' }]);
  }

  it('hints at nothing for what nobody manages', async () => {
    stage.directory(LINKS);
    stage.directory('/home/ada/code');
    stage.watch({ ...ADA, ...UNITS, files: ['/etc/map'] });
    for (const path of ['/etc/motd', `${LINKS}/other.service`, '/home/ada/notes', '/home/ada/code/x', '/map'])
      stage.write(path);
    await hearsOnlyTheLast();
  });

  it('hints once at what changes many times in a moment', async () => {
    stage.watch({});
    for (let round = 0; round < 50; round += 1) stage.replace('/etc/passwd');
    await stage.hears({ kind: 'accounts' });
    expect(stage.hints.length).toBeLessThan(5);
  });

  it('watches nothing below a directory that others may write to, nor a home that is a link', async () => {
    stage.directory('/srv/open/a');
    chmodSync(stage.path('/srv/open'), 0o777);
    stage.directory('/elsewhere');
    stage.directory('/home');
    symlinkSync('../elsewhere', stage.path('/home/ada'));
    stage.watch({ ...ADA, files: ['/srv/open/a/map'] });
    stage.write('/srv/open/a/map');
    stage.write('/elsewhere/.bashrc');
    await hearsOnlyTheLast();
  });

  it('watches what it is told of later, and no more what it was told of before', async () => {
    const watch = stage.watch({ files: ['/etc/a'] });
    watch.update({ ...NOTHING, files: ['/etc/b'] });
    stage.write('/etc/a');
    stage.write('/etc/b');
    await until(
      () => stage.hints.length > 0,
      () => 'the second file',
    );
    expect(stage.hints).toEqual([file('/etc/b')]);
  });

  it('leaves alone for a while what changes too fast, and looks again then', async () => {
    for (const name of ['0', '1']) stage.write(`/home/ada/${name}`);
    let now = 0;
    const timers: { fn: () => void; ms: number }[] = [];
    const setTimer = (fn: () => void, ms: number) => {
      const timer = { fn, ms };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    };
    const fire = (ms: number) => {
      const due = timers.filter((timer) => timer.ms === ms);
      for (const timer of due) timers.splice(timers.indexOf(timer), 1);
      for (const timer of due) timer.fn();
    };
    const before = watches();
    stage.watch(ADA, { setTimer, now: () => now });
    const open = watches();
    expect(open).toBeGreaterThan(before);
    await until(
      () => {
        // Of two files by turns: events that are alike and follow each other are one.
        for (let turn = 0; turn < 500; turn += 1) utimesSync(stage.path(`/home/ada/${turn % 2}`), turn, turn);
        return watches() === open - 1;
      },
      () => 'the pause',
    );
    now += 30_000;
    fire(20);
    stage.hints.length = 0;
    fire(30_000);
    fire(20);
    expect(watches()).toBe(open);
    fire(20);
    expect(stage.hints).toContainEqual(home('ada', '.bashrc'));
  });

  it('leaves no watch and no descriptor when it is closed', async () => {
    stage.directory('/home/ada');
    stage.directory(LINKS);
    const before = [watches(), readdirSync('/proc/self/fd').length];
    const watch = stage.watch({ ...ADA, ...UNITS, files: ['/etc/map'] });
    expect(watches()).toBeGreaterThan(before[0] ?? 0);
    await watch.close();
    expect([watches(), readdirSync('/proc/self/fd').length]).toEqual(before);
    stage.watch({});
  });
});
