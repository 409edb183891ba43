import { createMachine } from '../../harness/machine/machine.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import { describeMachine } from '../../harness/requirements.ts';
import { completion, creation, DRIVER, People } from './people.ts';

const ROUNDS = 24;

/**
 * Stands before the real useradd. With `early`, both it and the agent are killed after some turns of a loop, a microsecond
 * each, or less; with `late`, the agent is killed some milliseconds after the end of useradd.
 */
const USERADD = `#!/bin/sh
  read -r when delay </tmp/kill || exec /usr/sbin/useradd "$@"
  rm /tmp/kill
  agent=$PPID
  if [ "$when" = late ]; then
    /usr/sbin/useradd "$@"
    (sleep "$delay"; kill -KILL $agent) >/dev/null 2>&1 &
  else
    /usr/sbin/useradd "$@" &
    while [ "$delay" -gt 0 ]; do delay=$((delay - 1)); done
    kill -KILL $agent $!
  fi
`;
const WHOLE =
  /^\w+:x:\d+:\d+::\/home\/\w+:\/bin\/bash\n\w+:!:\d*:0:99999:7:::\n\w+:\d+:65536\n\w+:\d+:65536\n$/;

describeMachine('an account whose making is killed', () => {
  let machine: Machine;
  let people: People;
  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot' });
    people = new People(machine);
    await machine.write('/usr/local/sbin/useradd', USERADD, 0o755);
  });
  afterAll(() => machine.destroy());

  /** Returns what was left. */
  async function killOnce(name: string, round: number): Promise<string> {
    const when = round % 4 === 3 ? 'late' : 'early';
    const delay = when === 'late' ? (Math.random() * 0.012).toFixed(4) : Math.floor(Math.random() * 20_000);
    await machine.write('/tmp/kill', `${when} ${delay}\n`);
    const input = JSON.stringify({ steps: [{ name, do: creation(name, ['sudo']) }] });
    const { code } = await machine.run(DRIVER, { input });
    const left = await people.facts(name);
    const home = (await machine.run(['test', '-d', `/home/${name}`])).code === 0;
    const killed = code === 0 ? 'too late' : `${when}:`;
    return left === undefined
      ? `${killed} nothing`
      : `${killed} password ${left.password}, ${home ? 'a' : 'no'} home`;
  }

  it(`is whole after the next pass, whenever that was, ${ROUNDS} times`, async () => {
    const states: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round++) {
      const name = `p${round}`;
      const state = await killOnce(name, round);
      states[state] = (states[state] ?? 0) + 1;

      const next = state.endsWith('nothing') ? creation(name, ['sudo']) : completion(name);
      const join = { kind: 'add-to-group', group: 'sudo' } as const;
      const answers = await people.ask({
        steps: [
          { name, do: next },
          { name, do: join },
          { name, facts: true },
        ],
      });
      expect(answers).toMatchObject([{}, {}, { facts: { groups: [name, 'sudo'] } }]);
      expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
      const databases = ['passwd', 'shadow', 'subuid', 'subgid'].map((file) => `/etc/${file}`);
      expect(await machine.output(['grep', '-h', `^${name}:`, ...databases])).toMatch(WHOLE);
      expect(
        await machine.output(['stat', '-c', '%a %U %G', `/home/${name}`, `/home/${name}/.profile`]),
      ).toBe(`700 ${name} ${name}\n644 ${name} ${name}\n`);
    }
    process.stderr.write(`killed with this left: ${JSON.stringify(states)}\n`);
    expect((await machine.output(['ls', '-A', '/home'])).trim().split('\n')).toHaveLength(ROUNDS);
  });
});
