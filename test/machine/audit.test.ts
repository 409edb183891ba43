/** What is written down of changes to a real machine, and who may read it. */
import type { AuditRecord } from '../../src/report/auditrecord.ts';
import { CHECKOUT, createMachine, type Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const LOGS = '/var/log/workstation';
const POLICY = `apiVersion: workstation.dev/v1alpha1
kind: Workstation
metadata: { name: box }
spec:
  accounts: { shell: /bin/sh }
  files: [{ name: note, path: .config/note, content: 'for \${user}' }]
  machine: { files: [{ name: motd, path: /etc/motd, content: hello }] }
`;
const personIn = (name: string) =>
  `  ${name}: { authentik_user: ${name}, k8s_user: ${name}, tier: power-user }\n`;

describeMachine('the audit of a machine', () => {
  let machine: Machine;
  const run = (...args: string[]) => machine.run([WORKSTATION, ...args]);
  const declare = (...names: string[]) =>
    machine.write('/etc/workstation/roster.yaml', `users:\n${names.map(personIn).join('')}`);

  async function records(...args: string[]): Promise<readonly AuditRecord[]> {
    const text = await machine.output([WORKSTATION, 'history', '-o', 'json', ...args]);
    return (JSON.parse(text) as { items: AuditRecord[] }).items;
  }

  /** `USER ACTION SUBJECT KIND RESULT` of each record since the last time this was asked. */
  let seen = 0;
  async function fresh(): Promise<string[]> {
    const all = await records();
    const told = all
      .slice(seen)
      .map(({ user = '-', action, subject, cause, result }) =>
        [user, action, subject, cause.kind, result].join(' '),
      );
    seen = all.length;
    return told.sort();
  }

  beforeAll(async () => {
    machine = await createMachine({ kind: 'chroot' });
    await machine.write('/etc/workstation/workstation.yaml', POLICY);
    await declare('ada', 'emo');
  });
  afterAll(() => machine.destroy());

  it('is empty before anything was done', async () => {
    expect(await run('history')).toMatchObject({ code: 0, stdout: '', stderr: 'No changes found\n' });
    expect((await run('history', 'emo', '-o', 'yaml')).stdout).toContain('items: []');
  });

  it('has what a first apply does, as declared', async () => {
    expect((await run('apply')).code).toBe(0);
    expect(await fresh()).toEqual([
      '- write-system-file /etc/motd Declared done',
      'ada create-account ada Declared done',
      'ada write-file /home/ada/.config/note Declared done',
      'emo create-account emo Declared done',
      'emo write-file /home/emo/.config/note Declared done',
    ]);
    expect(await machine.output(['stat', '-c', '%n %A %U:%G', LOGS, `${LOGS}/audit.jsonl`])).toBe(
      `${LOGS} drwxr-xr-x root:root\n${LOGS}/audit.jsonl -rw-r----- root:adm\n`,
    );
  });

  it('is left alone by a pass that changes nothing', async () => {
    const before = await machine.output(['stat', '-c', '%i %s %Z', `${LOGS}/audit.jsonl`]);
    expect((await run('apply')).code).toBe(0);
    expect(await machine.output(['stat', '-c', '%i %s %Z', `${LOGS}/audit.jsonl`])).toBe(before);
  });

  it('tells drift from what was declared anew, and a new try from both', async () => {
    await machine.output(['rm', '/home/emo/.config/note', '/etc/motd']);
    await run('apply');
    expect(await fresh()).toEqual([
      '- write-system-file /etc/motd Drift done',
      'emo write-file /home/emo/.config/note Drift done',
    ]);
    await machine.write('/etc/workstation/workstation.yaml', POLICY.replace('for ', 'now for '));
    await run('apply', 'emo');
    expect(await fresh()).toEqual(['emo write-file /home/emo/.config/note Declared done']);
    const [last] = (await records('emo')).slice(-1);
    expect(last?.before).toMatch(/^sha256:[0-9a-f]{64}$/);
    await run('apply');
    await machine.output(['mv', '/home/emo/.config', '/home/emo/kept']);
    await machine.output(['ln', '-s', 'kept', '/home/emo/.config']);
    await run('apply');
    await fresh();
    await machine.output(['rm', '/home/emo/.config']);
    await run('apply');
    expect(await fresh()).toEqual(['emo write-file /home/emo/.config/note Retry done']);
  });

  it('has who left, and shows the history of one person', async () => {
    await run('apply');
    await fresh();
    await declare('ada');
    expect((await run('apply', '--prune')).code).toBe(0);
    expect(await fresh()).toContain('emo lock-account emo Leave done');
    const { stdout } = await run('history', 'emo', '--since', '1h');
    expect(stdout).toMatch(/^TIME +USER +ACTION +SUBJECT +CAUSE +RESULT +DURATION +MESSAGE\n/);
    expect(stdout).toMatch(/Z +emo +lock-account +emo +Leave \(LockLogin\) +done +\d+ms\n/);
    expect(stdout).not.toContain('ada');
  });

  it('is read by root and those who read logs, and by nobody else', async () => {
    await machine.output(['useradd', '--groups', 'adm', 'reader']);
    const read = (user: string) => machine.run([WORKSTATION, 'history', '-n', '1'], { user });
    expect((await read('reader')).stdout).toMatch(/^TIME/);
    expect(await read('ada')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `workstation: read ${LOGS}/audit.jsonl: only root and the group adm may read it: run the command with sudo\n`,
    });
  });

  it('does not keep a pass from its work while the disk is full, and says what is lost', async () => {
    await machine.output(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'logs', LOGS]);
    await machine.output(['sh', '-c', `cat /dev/zero > ${LOGS}/filler || true`]);
    await machine.output(['rm', '/home/ada/.config/note']);
    const { code, stderr } = await run('apply');
    expect(code).toBe(0);
    expect(await machine.read('/home/ada/.config/note')).toBe('now for ada');
    expect(stderr).toContain(`${LOGS}/audit.jsonl: the system answered ENOSPC: records wait in memory`);
    expect(stderr).toContain('warning: keep the audit: 1 records are lost');
    expect(await machine.output(['stat', '-c', '%s', `${LOGS}/audit.jsonl`])).toBe('0\n');
    await machine.output(['rm', `${LOGS}/filler`, '/home/ada/.config/note']);
    expect((await run('apply')).stderr).not.toContain('audit');
    expect(await records('ada')).toHaveLength(1);
    await machine.output(['umount', LOGS]);
  });

  it('cannot be led elsewhere by a link', async () => {
    await machine.output(['mv', `${LOGS}/audit.jsonl`, '/root/kept']);
    await machine.output(['ln', '-s', '/etc/target', `${LOGS}/audit.jsonl`]);
    await machine.output(['rm', '/home/ada/.config/note']);
    const { code, stderr } = await run('apply');
    expect([code, stderr]).toEqual([0, expect.stringContaining('ELOOP')]);
    expect((await machine.run(['test', '-e', '/etc/target'])).code).toBe(1);
  });
});
