/** What is on a machine, beside what is said of it: a status is true when both agree. */
import type { AuditRecord } from '../../../src/report/auditrecord.ts';
import type { Machine } from '../../harness/machine/machine.ts';
import { conditionOf, type UserObject } from './stage.ts';

export interface OnMachine {
  /** By name, of people. */
  readonly accounts: ReadonlyMap<string, OnAccount>;
  readonly audit: readonly AuditRecord[];
}

interface OnAccount {
  readonly uid: number;
  /** No password and no key lets the person in. */
  readonly isLocked: boolean;
  readonly groups: readonly string[];
  /** As the environment file has it. */
  readonly port: number | undefined;
  /** Whether the service starts with the machine. */
  readonly isEnabled: boolean;
}

/** Before anybody has come some of it is not there. */
const LOOK = `
  cat /etc/passwd; echo ==
  cat /etc/shadow; echo ==
  cat /etc/group; echo ==
  grep --with-filename . /etc/t3-serve/*.env; echo ==
  find /etc/systemd/system -type l -path '*wants*' -printf '%f\\n'; echo ==
  cat /var/log/workstation/audit*.jsonl; :`;

export async function lookAt(machine: Machine): Promise<OnMachine> {
  const text = await machine.output(['sh', '-c', LOOK]);
  const [passwd = [], shadow = [], group = [], env = [], links = [], audit = []] = text
    .split('\n==\n')
    .map((part) => part.split('\n').filter(Boolean));
  const groups = group.map((line) => line.split(':'));
  const accounts = passwd.flatMap((line): [string, OnAccount][] => {
    const [name = '', , uid, , , home] = line.split(':');
    if (!home?.startsWith('/home/')) return [];
    const [, password = '', , , , , , expires] =
      shadow.find((entry) => entry.startsWith(`${name}:`))?.split(':') ?? [];
    const port = env.find((entry) => entry.startsWith(`/etc/t3-serve/${name}.env:T3_PORT=`));
    return [
      [
        name,
        {
          uid: Number(uid),
          isLocked: password.startsWith('!') && expires === '1',
          groups: groups.flatMap(([of = '', , , members]) =>
            members?.split(',').includes(name) ? [of] : [],
          ),
          port: port === undefined ? undefined : Number(port.split('=')[1]),
          isEnabled: links.includes(`t3-serve@${name}.service`),
        },
      ],
    ];
  });
  return { accounts: new Map(accounts), audit: audit.map((line) => JSON.parse(line) as AuditRecord) };
}

/** One sentence for each thing that is said of people of this machine and is not so, or is so and is not said. */
export function untruths(users: readonly UserObject[], { accounts }: OnMachine): string[] {
  const declared = new Map(users.map((user) => [user.spec.osUser ?? user.metadata.name, user]));
  const ofDeclared = users.flatMap((user) => untruthsOf(user, accounts));
  const ofLeavers = [...accounts].flatMap(([name, { isLocked, isEnabled, groups }]) => {
    if (declared.has(name) || (isLocked && !isEnabled && groups.length === 0)) return [];
    return [`${name}: declared by nobody and not cut off`];
  });
  const ports = [...accounts].flatMap(([name, { port }]) => (port === undefined ? [] : [`${port} ${name}`]));
  const shared = ports.filter((one) =>
    ports.some((other) => other !== one && other.split(' ')[0] === one.split(' ')[0]),
  );
  return [...ofDeclared, ...ofLeavers, ...(shared.length > 0 ? [`shared ports: ${shared.join(', ')}`] : [])];
}

function untruthsOf(user: UserObject, accounts: OnMachine['accounts']): string[] {
  const { metadata, spec, status } = user;
  const account = accounts.get(spec.osUser ?? metadata.name);
  const accepted = conditionOf(user, 'Accepted');
  const ready = conditionOf(user, 'Ready');
  // Whoever may not be served is left as they are; that they are told so is all there is to check.
  if (accepted?.status === 'False')
    return conditionOf(user, 'Stalled') === undefined ? [`${metadata.name}: refused, not stalled`] : [];
  const checks: Record<string, boolean> = {
    'has no account': account !== undefined,
    [`is not Ready: ${ready?.reason}: ${ready?.message}`]: ready?.status === 'True',
    'is Ready of another generation': ready?.observedGeneration === metadata.generation,
    'was observed at another generation': status?.observedGeneration === metadata.generation,
    [`has another uid than ${status?.uid}`]: account?.uid === status?.uid,
    [`has another port than ${status?.ports?.['t3']}`]: account?.port === status?.ports?.['t3'],
    'can log in though suspended, or cannot though not': account?.isLocked === (spec.suspended ?? false),
    'has services that start though suspended, or none though not': account?.isEnabled === !spec.suspended,
    'lacks a group of the tier': spec.tier !== 'admin' || (account?.groups.includes('docker') ?? false),
  };
  return Object.entries(checks).flatMap(([what, holds]) => (holds ? [] : [`${metadata.name}: ${what}`]));
}
