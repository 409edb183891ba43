import { describeMachine } from '../../harness/requirements.ts';
import { sitePolicy } from '../../harness/site/declare.ts';
import { crowdRoster } from './crowd.ts';
import { managedPaths } from './paths.ts';
import { attacked, expectConverged, SECRET, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

interface Attacker {
  readonly name: string;
  readonly path: string;
}

/** Somebody for each path, so that one pass meets a link at every one, each with everything else in order. */
const attackers: readonly Attacker[] = managedPaths(await sitePolicy()).map((path, index) => ({
  name: `mallory${index}`,
  path,
}));
const names = attackers.map(({ name }) => name);

/** Where a link is the person's own affair: what is made once, what only has to be there, the inside of a clone. */
const OWN = ['.config/playwright/token', '.local/bin/claude', 'code/infra/.git', 'code/tripit/.git'];
/** What must not be there: of a link the link goes, and not what it leads to. */
const UNWANTED = '.claude/plugins/claude-memory';
/** Where a link is in nobody's way. */
const HARMLESS = new Set([...OWN, UNWANTED]);

describeMachine('a symbolic link at each place where the program has work to do', () => {
  describe.each(['chroot', 'booted'] as const)('%s', (kind) => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await setStage({ kind, roster: crowdRoster(names) });
    });
    afterAll(() => stage.machine.destroy());

    it.each<[string, (attacker: Attacker) => string]>([
      ['nowhere yet in /etc/cron.d', ({ name }) => `/etc/cron.d/${name}`],
      ['to the same place in another person’s home', ({ path }) => `/home/alice/${path}`],
      ['to what only root may read', () => '/etc/shadow'],
      ['to the home of root', () => '/root'],
      ['to what was there, moved aside', ({ name, path }) => `/home/${name}/${path}.aside`],
    ])('that leads %s is never followed, and said to be there', async (_, targetOf) => {
      await Promise.all(attackers.map((attacker) => link(stage, attacker, targetOf(attacker))));
      expect((await stage.workstation('plan', '-o', 'json')).stdout).not.toContain(SECRET);
      await attacked(stage, names);
      const statuses = await stage.statuses();
      for (const attacker of attackers) {
        const said = `is a symbolic link to ${targetOf(attacker)}`;
        const expected = HARMLESS.has(attacker.path) ? 'everything is as declared' : said;
        expect([attacker.path, statuses[attacker.name]?.message]).toEqual([
          attacker.path,
          expect.stringContaining(expected),
        ]);
      }
      await Promise.all(attackers.map((attacker) => unlink(stage, attacker)));
      await expectConverged(stage, names);
    });
  });
});

async function link(stage: Stage, { name, path }: Attacker, target: string): Promise<void> {
  const script = `mkdir -p "$(dirname ${path})"; [ ! -e ${path} ] || mv ${path} ${path}.aside; ln -s ${target} ${path}`;
  await stage.as(name, script);
}

async function unlink(stage: Stage, { name, path }: Attacker): Promise<void> {
  await stage.as(name, `rm -f ${path}; [ ! -e ${path}.aside ] || mv ${path}.aside ${path}`);
}
