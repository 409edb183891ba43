/** An agent on a machine that has run out of something: what can be done is done, and the rest once there is enough again. */
import { describeMachine } from '../../../harness/requirements.ts';
import { eventually } from '../runner.ts';
import { CODER, Ground, PLAIN } from './ground.ts';
import { onItsOwn, without, type Scarce } from './limits.ts';
import { makeProcessCgroup, withoutDescriptors, type ProcessCgroup } from './running.ts';

const STATE = '/var/lib/workstation';

interface Fault {
  readonly scarce: Scarce;
  readonly directories: readonly string[];
  /** What is said of a newcomer. */
  readonly ofNewcomer: RegExp;
}

const faults: Fault[] = [
  { scarce: 'space', directories: [STATE, '/etc', '/home'], ofNewcomer: /new\d: .*No space left/ },
  { scarce: 'inodes', directories: [STATE, '/etc', '/home'], ofNewcomer: /new\d: .*No space left/ },
  // Its lock is open for writing, so the directory of the state cannot be set to read-only from outside.
  { scarce: 'rights to write', directories: ['/home'], ofNewcomer: /new\d: EROFS: read-only file system/ },
];

describeMachine('an agent on a machine without', () => {
  let ground: Ground;
  let processes: ProcessCgroup;
  beforeAll(async () => {
    ground = await Ground.of({ ada: PLAIN, bea: CODER, cid: PLAIN }, async (it) => {
      for (const directory of ['/etc', '/home', STATE]) await onItsOwn(it, directory);
    });
    processes = await makeProcessCgroup(ground.machine.name);
    await ground.start({ outside: processes.enter });
    await ground.settle();
  });
  afterAll(async () => {
    await ground.machine.destroy();
    await processes.remove();
  });

  it.each(faults)('$scarce serves everybody once there is enough again', async (fault) => {
    const { agent } = ground;
    const pid = await agent.pid();
    const before = agent.said().length;
    const isSaid = (what: RegExp) => async () => what.test(agent.said().slice(before));
    const ends: (() => Promise<unknown>)[] = [];
    for (const directory of fault.directories) ends.push(await without(ground, fault.scarce, directory));
    const { cid: _gone, ...staying } = ground.people;
    const newcomer = `new${Object.keys(ground.people).length}`;
    await ground.declare({ ...staying, [newcomer]: CODER });
    await eventually('it is said', isSaid(fault.ofNewcomer), { seen: agent.said });
    if (fault.directories.includes(STATE)) {
      await eventually('the state is said not to be kept', isSaid(/keep the state: .*ENOSPC/), {
        seen: agent.said,
      });
      // What cannot be written down first is not taken from anybody.
      await eventually('the cut is said to fail', isSaid(/leave\/cid: .*ENOSPC/), { seen: agent.said });
      expect(await ground.sh('getent shadow cid | cut -d: -f8')).toBe('\n');
    }
    for (const end of ends) await end();
    await ground.converged();
    await ground.cutOff('cid');
    await ground.declare({ ...ground.people, cid: PLAIN });
    await ground.converged();
    await ground.work(newcomer);
    expect(await agent.pid()).toBe(pid);
  });

  const ofTheAgent: [string, () => Promise<() => Promise<unknown>>, RegExp][] = [
    ['descriptors', () => withoutDescriptors(ground), /could not be started, .*(EMFILE|EINVAL)/],
    [
      'processes',
      async () => {
        await processes.limit(1);
        return () => processes.limit();
      },
      /EAGAIN|resource temporarily unavailable/i,
    ],
  ];
  it.each(ofTheAgent)('%s to have serves everybody once there are more', async (_, begin, said) => {
    const { agent } = ground;
    const pid = await agent.pid();
    const before = agent.said().length;
    const end = await begin();
    await ground.come(CODER);
    await ground.sh('gpasswd -d ada docker || :; rm -f /home/bea/start.sh');
    await eventually('it is said', async () => said.test(agent.said().slice(before)), { seen: agent.said });
    await end();
    await ground.converged();
    expect(await agent.pid()).toBe(pid);
  });
});
