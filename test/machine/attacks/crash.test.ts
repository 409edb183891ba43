import { describeMachine } from '../../harness/requirements.ts';
import { expectConverged, setStage, WORKSTATION } from './stage.ts';
import type { Stage } from './stage.ts';

/** How often the pass over each person is killed: the second one is over what the first has left. */
const KILLS = 4;
/** In CI a few hundred instants, which take some two minutes; elsewhere enough to meet what is likely. */
const PEOPLE = process.env['CI'] === undefined ? 15 : 60;
/** Seconds within which the program is killed; a first pass over one person takes about as long. */
const SPAN = 0.8;
/** Milliseconds for all of it, on a busy computer. */
const TIMEOUT = 900_000;

/** Every fourth has clones to be made; who is an admin has none. */
const people = Array.from({ length: PEOPLE }, (_, index) => ({
  name: `user${index}`,
  rest: index % 4 === 0 ? 'tier: power-user' : 'tier: admin',
}));
const roster = `users:\n  alice: {authentik_user: alice, k8s_user: alice, tier: power-user}\n  bob: {authentik_user: bob, k8s_user: bob, tier: power-user}\n${people
  .map(({ name, rest }) => `  ${name}: {authentik_user: ${name}, k8s_user: ${name}, ${rest}}\n`)
  .join('')}`;

/** What nobody may find after a pass: temporary names, homes in the making, locks, half-moved clones. */
const LEFTOVERS = `find /etc /home /var/lib/workstation -xdev \\( -name '.workstation-*' -o -name '*.new-home' -o -name '*.lock' \\
  ! -name .pwd.lock -o -name '*+' -path '/etc/*' -o -name '.tmp*' \\) -print`;

describeMachine('a pass over a new person that is killed at any instant', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
    await stage.machine.write('/etc/workstation/roster.yaml', roster);
  });
  afterAll(() => stage.machine.destroy());

  it(
    'is finished by the next one, which loses nothing of theirs and leaves nothing of its own',
    async () => {
      const before = await stage.machine.output(['sh', '-ec', LEFTOVERS]);
      let unfinished = 0;
      for (const { name } of people.flatMap((person) => Array.from({ length: KILLS }, () => person))) {
        const script = `${WORKSTATION} apply ${name} >/dev/null 2>&1 & sleep ${Math.random() * SPAN}; kill -KILL $! && wait`;
        const { code } = await stage.machine.run(['sh', '-c', script]);
        unfinished += Number(code !== 1);
        await touch(stage, name);
      }
      const names = people.map(({ name }) => name);
      await expectConverged(stage, names);
      expect(unfinished).toBeGreaterThan(0);
      expect(await stage.machine.output(['sh', '-ec', LEFTOVERS])).toBe(before);
      expect(await stage.machine.output(['sh', '-ec', CHECK, 'sh', ...names])).toBe('');
    },
    TIMEOUT,
  );
});

/** Who has an account by now works in it: edits a managed file, and makes others of their own. */
async function touch({ machine }: Stage, name: string): Promise<void> {
  const script = `
    id -u "$1" >/dev/null 2>&1 && [ -d "/home/$1" ] || exit 0
    cd "/home/$1"
    echo mine >mine
    [ ! -e .claude/settings.json ] || grep -q '"mine"' .claude/settings.json || sed -i '1s/{/{"mine": true,/' .claude/settings.json
    chown "$1:" mine .claude/settings.json 2>&- || :
    touch "/root/$1.worked"
    [ ! -e .claude/settings.json ] || touch "/root/$1.edited"`;
  await machine.output(['sh', '-ec', script, 'sh', name]);
}

/** Prints what is wrong: what is lost, what belongs to others, and who lacks a part of their account. */
const CHECK = `
  for user; do
    [ ! -e "/root/$user.worked" ] || grep -q mine "/home/$user/mine" || echo "lost: $user mine"
    [ ! -e "/root/$user.edited" ] || grep -q '"mine": true' "/home/$user/.claude/settings.json" || echo "lost: $user edit"
    find "/home/$user" ! -user "$user" -printf 'foreign: %p\\n'
    [ "$(stat -c '%U:%G %a' "/home/$user")" = "$user:$user 700" ] || echo "home: $user"
    for file in passwd shadow group gshadow subuid subgid; do
      [ "$(grep -c "^$user:" "/etc/$file")" = 1 ] || echo "$file: $user"
    done
  done
`;
