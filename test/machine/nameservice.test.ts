import { NAME_SERVICE } from '../harness/machine/outer.ts';
import { CHECKOUT, createMachine } from '../harness/machine/machine.ts';
import type { Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';

const WORKSTATION = `${CHECKOUT}/bin/workstation`;
const POLICY = `apiVersion: workstation.dev/v1alpha1
kind: Workstation
metadata: { name: served }
spec:
  accounts: { shell: /bin/sh, groups: { admin: [sudo] } }
  files: [{ name: note, path: .config/note, content: 'for \${user}' }]
`;
const BOTH = `users:
  far: { authentik_user: far, k8s_user: far, tier: admin }
  near: { authentik_user: near, k8s_user: near, tier: admin }
`;

/** Tells what the real one is asked. */
const GETENT = '#!/bin/sh\necho "$*" >>/tmp/asked\nexec /usr/bin/getent "$@"\n';

describeMachine(
  'an account that only a name service knows',
  () => {
    let machine: Machine;
    const sh = (script: string) => machine.output(['sh', '-ec', script]);
    const workstation = (...args: string[]) => machine.run([WORKSTATION, ...args]);
    const useServices = (services: string) =>
      sh(`sed -i -E 's/^(passwd|group):.*/\\1: ${services}/' /etc/nsswitch.conf`);
    const asked = async () =>
      (await sh('cat /tmp/asked 2>&- || :; rm -f /tmp/asked')).split('\n').filter(Boolean);

    beforeAll(async () => {
      machine = await createMachine({ kind: 'chroot' });
      await machine.write('/var/lib/extrausers/passwd', 'far:x:5000:5000::/home/far:/bin/sh\n');
      await machine.write('/var/lib/extrausers/group', 'far:x:5000:\n');
      await machine.write('/var/lib/extrausers/shadow', 'far:!:20000::::::\n', 0o640);
      await machine.write('/etc/workstation/workstation.yaml', POLICY);
      await machine.write('/etc/workstation/roster.yaml', BOTH);
      await machine.write('/usr/local/sbin/getent', GETENT, 0o755);
      await useServices('files extrausers');
    });
    afterAll(() => machine.destroy());

    it('is asked for together with everybody else whom no local database has', async () => {
      const { stdout } = await workstation('plan');
      expect(await asked()).toEqual(['passwd -- far near']);
      expect(stdout).toContain('create account near');
      expect(stdout).not.toContain('create account far');
    });

    it('is brought in as it is: with a home, files and groups, and no line of ours', async () => {
      const { code, stdout } = await workstation('apply');
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^far +Ready/m)]);
      expect(await sh('stat -c "%u:%g %a" /home/far /home/far/.config/note')).toBe(
        '5000:5000 700\n5000:5000 644\n',
      );
      expect(await sh('grep -l "^far:" /etc/passwd /etc/group /etc/shadow /etc/subuid || :')).toBe('');
      expect(await sh('id -nG far')).toBe('far sudo\n');
      await asked();
      expect((await workstation('plan')).code).toBe(0);
      expect(await asked()).toEqual(['passwd -- far']);
    });

    it('is missed once nobody declares it, and its lock is left to the name service', async () => {
      await machine.write('/etc/workstation/roster.yaml', BOTH.replace(/ {2}far.*\n/, ''));
      expect((await workstation('plan')).stderr).toContain(
        'far is declared no more, and the machine still holds',
      );
      const { code, stderr } = await workstation('offboard', 'far');
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining('locking account far: a name service keeps it'),
      ]);
      expect(await sh('id -nG far')).toBe('far\n');
    });

    it('costs no process where no name service is configured', async () => {
      await machine.write('/etc/workstation/roster.yaml', BOTH.replace('near', 'other'));
      await useServices('files systemd');
      await asked();
      expect((await workstation('plan')).stdout).toContain('other');
      expect(await asked()).toEqual([]);
    });
  },
  [NAME_SERVICE],
);
