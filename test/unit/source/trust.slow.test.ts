import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import type { FileSource } from '../../../src/source/files/source.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { namesIn, roster, Stage, until, WORKSTATION } from './stage.ts';

const LAST_GOOD = '/state/lastgood.json';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.write('roster.yaml', roster('ana', 'bob'));
  stage.write('workstation.yaml', WORKSTATION);
});
afterEach(() => stage.end());

interface Harm {
  readonly reason: string;
  readonly make: (stage: Stage) => void;
}

const HARMS: Readonly<Record<string, Harm>> = {
  empty: { reason: 'RosterEmpty', make: (stage) => stage.write('roster.yaml', '') },
  'blanks and comments': { reason: 'RosterEmpty', make: (stage) => stage.write('roster.yaml', ' \n# x\n') },
  'half of it': {
    reason: 'RosterInvalid',
    make: (stage) => stage.write('roster.yaml', roster('ana', 'bob').slice(0, 30)),
  },
  'no YAML': { reason: 'RosterInvalid', make: (stage) => stage.write('roster.yaml', 'users: [') },
  'no text': { reason: 'RosterInvalid', make: (stage) => stage.write('roster.yaml', Buffer.from([0xff, 0])) },
  gone: { reason: 'RosterUnreadable', make: (stage) => rmSync(stage.path('roster.yaml')) },
  'a folder': {
    reason: 'RosterUnreadable',
    make: (stage) => {
      rmSync(stage.path('roster.yaml'));
      mkdirSync(stage.path('roster.yaml'));
    },
  },
  'a link to nowhere': {
    reason: 'RosterUnreadable',
    make: (stage) => {
      rmSync(stage.path('roster.yaml'));
      symlinkSync('nowhere', stage.path('roster.yaml'));
    },
  },
};

describe('a roster that becomes', () => {
  it.each(Object.entries(HARMS))(
    '%s changes nobody, says why, and is forgotten when it is mended',
    async (_, harm) => {
      const source = await stage.start({ pollMs: 200 });
      const { current } = source;
      harm.make(stage);
      await until(() => source.trouble !== undefined);
      expect(source.trouble).toEqual({
        reason: harm.reason,
        message: expect.stringMatching(/^\/.*roster\.yaml[:\d]* .*[^.]$/),
      });
      expect(source.current).toBe(current);
      rmSync(stage.path('roster.yaml'), { recursive: true, force: true });
      stage.write('roster.yaml', roster('ana', 'bob', 'cyd'));
      await until(() => source.trouble === undefined);
      expect(namesIn(source)).toEqual(['ana', 'bob', 'cyd']);
    },
  );

  it.each(Object.entries(HARMS))('%s before a start leaves the last good one in force', async (_, harm) => {
    const before = await stage.start();
    await before.stop();
    harm.make(stage);
    const source = await stage.start();
    expect(source.current).toEqual(before.current);
    expect(source.trouble?.reason).toBe(harm.reason);
  });
});

describe('somebody whose entry is unsound', () => {
  it('has the account that is known, across a restart too, and the others carry on', async () => {
    const before = await stage.start();
    await before.stop();
    stage.write('roster.yaml', roster('ana', 'cyd').replace('k8s_user: ana, ', ''));
    const source = await stage.start();
    expect(namesIn(source)).toEqual(['cyd']);
    expect(source.trouble).toBeUndefined();
    expect(source.current?.unsound).toEqual([
      {
        name: 'ana',
        osUser: 'ana',
        reason: 'Invalid',
        message: `${stage.path('roster.yaml')}:2:3: users.ana.k8s_user: missing, must be text`,
      },
    ]);
    await source.stop();
    const again = await stage.start();
    expect(again.current).toEqual(source.current);
  });
});

describe('the last good state', () => {
  it("is the owner's alone, and is written only when it differs", async () => {
    const source = await stage.start();
    expect(stage.state.modes.get(LAST_GOOD)).toBe(0o600);
    stage.write('roster.yaml', `# a comment\n${roster('ana', 'bob')}`);
    await source.reload();
    await source.stop();
    await stage.start();
    expect(stage.state.writes).toBe(1);
  });

  it.each([
    ['damaged', '{"version": 1, "people": '],
    ['of a later version', '{"version": 2, "people": {"users": [], "unsound": []}}'],
    [
      'of somebody whom no rule allows',
      '{"version": 1, "people": {"users": [{"kind": "x"}], "unsound": []}}',
    ],
  ])('that is %s counts as none', async (_, text) => {
    stage.state.texts.set(LAST_GOOD, text);
    const source = await stage.start();
    expect(namesIn(source)).toEqual(['ana', 'bob']);
  });

  it('that cannot be read or written is said once, and written when that is possible again', async () => {
    stage.state.failure = 'ENOSPC: no space left on device';
    const source = await stage.start({ pollMs: 5 });
    stage.write('roster.yaml', roster('ana', 'bob', 'cyd'));
    await until(() => namesIn(source).length === 3);
    expect(stage.said).toEqual([
      'keep the last good state in /state/lastgood.json: ENOSPC: no space left on device',
    ]);
    stage.state.failure = undefined;
    await until(() => stage.state.texts.get(LAST_GOOD)?.includes('cyd') === true);
  });
});

describe('what may be half of a file', () => {
  let clock: FakeClock;
  let source: FileSource;
  beforeEach(async () => {
    clock = new FakeClock();
    source = stage.source({ clock });
    const started = source.start(() => (stage.changes += 1), new AbortController().signal);
    const passing = setInterval(() => clock.advance(100), 1);
    await started.finally(() => clearInterval(passing));
  });

  /** Lets the source read what it has heard of; it waits for more then. */
  async function hear(): Promise<void> {
    await until(() => clock.timers === 2);
    clock.advance(10);
    await until(() => clock.timers === 2);
  }

  it('is believed once it has stood still', async () => {
    stage.write('roster.yaml', roster('ana'));
    await hear();
    expect(namesIn(source)).toEqual(['ana', 'bob']);
    await until(() => (clock.advance(100), namesIn(source).length === 1));
    expect(source.trouble).toBeUndefined();
  });

  it('is never believed when the rest comes', async () => {
    for (const part of ['', 'users:\n', roster('ana'), roster('ana', 'bob').slice(0, -1)]) {
      stage.write('roster.yaml', part);
      await hear();
    }
    const before = stage.changes;
    stage.write('roster.yaml', roster('ana', 'bob', 'cyd'));
    await until(() => (clock.advance(10), namesIn(source).length === 3));
    expect(stage.changes).toBe(before + 1);
  });

  it('is believed at once by whoever asks for it', async () => {
    stage.write('roster.yaml', roster('ana'));
    await source.reload();
    expect(namesIn(source)).toEqual(['ana']);
  });
});

describe('a source', () => {
  it('that waits for its first state stops waiting when it is told to', async () => {
    rmSync(stage.path('roster.yaml'));
    const source = stage.source();
    const abort = new AbortController();
    const started = source.start(() => undefined, abort.signal);
    abort.abort(new Error('shut down'));
    await expect(started).rejects.toThrow('shut down');
  });

  it('refuses standard input, which cannot be watched', () => {
    expect(() => stage.source({ paths: { roster: ['-'] } })).toThrow(
      'watch -: standard input can be read only once, name a file',
    );
  });

  it('says what it ignores once, and not again with the next change', async () => {
    const ignored = 'colour: red\n';
    stage.write('roster.yaml', ignored + roster('ana'));
    const source = await stage.start();
    stage.write('roster.yaml', ignored + roster('ana', 'bob'));
    await source.reload();
    expect(stage.said).toHaveLength(1);
    expect(stage.said[0]).toMatch(/roster\.yaml:1:1: colour: ignored, unknown field/);
  });
});
