/** Who reacts to the same edits, each on a machine of its own: the agent, and a script that only reacts. */
import { renameSync, readFileSync, writeFileSync } from 'node:fs';
import { CHECKOUT, type Machine } from '../../test/harness/machine/machine.ts';
import type { AuditRecord } from '../../src/report/auditrecord.ts';
import { NODE } from '../contestants.ts';
import { startAgent, startDaemon, until } from './daemon.ts';

/** Milliseconds since 1970. */
export interface Reaction {
  /** Of the first action. */
  readonly began: number;
  /** When the outcome was there to be seen. */
  readonly ended: number;
  /** Milliseconds in which an action ran; those that run side by side are one stretch of time. */
  readonly tools: number;
}

export interface Side {
  readonly machine: Machine;
  /** Somebody was added to the roster. @param since when, milliseconds since 1970 */
  onboarded(name: string, since: number): Promise<Reaction>;
  /** The published map was changed by hand. */
  repaired(since: number): Promise<Reaction>;
  stop(): Promise<void>;
}

export const ROSTER = '/etc/workstation/roster.yaml';
export const MAP = '/etc/ttyd-user-map';

/** Milliseconds since 1970, with their fractions. */
export const now = () => performance.timeOrigin + performance.now();

export async function agentSide(machine: Machine): Promise<Side> {
  const agent = await startAgent(machine);
  const ready = new Map<string, number>();
  const watching = new AbortController();
  const watched = (async () => {
    for await (const { object } of agent.client.watch(watching.signal))
      if (isReady(object.status.conditions) && !ready.has(object.metadata.name))
        ready.set(object.metadata.name, now());
  })();
  const records = () =>
    readFileSync(`${machine.root}/var/log/workstation/audit.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditRecord);
  const reactionOf = (found: readonly AuditRecord[], ended?: number): Reaction => ({
    began: Math.min(...found.map(({ at, duration }) => Date.parse(at) - duration)),
    ended: ended ?? Math.max(...found.map(({ at }) => Date.parse(at))),
    tools: covered(found.map(({ at, duration }) => [Date.parse(at) - duration, Date.parse(at)])),
  });
  return {
    machine,
    onboarded: async (name) => {
      const ended = await until(`${name} is Ready`, () => ready.get(name), 5);
      return reactionOf(
        records().filter(({ user }) => user === name),
        ended,
      );
    },
    repaired: async (since) => {
      const isRepair = ({ subject, at }: AuditRecord) => subject === MAP && Date.parse(at) > since;
      const found = await until(`${MAP} is repaired`, () => records().find(isRepair), 5);
      return reactionOf([found]);
    },
    stop: async () => {
      watching.abort();
      await watched;
      await agent.stop();
    },
  };
}

/** How much time lies in at least one of these, each from its begin to its end. */
function covered(stretches: readonly (readonly [number, number])[]): number {
  let [sum, until] = [0, -Infinity];
  for (const [begin, end] of stretches.toSorted(([a], [b]) => a - b)) {
    sum += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return sum;
}

function isReady(conditions: readonly { readonly type: string; readonly status: string }[]): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

interface Line {
  readonly subject?: string;
  readonly began: number;
  readonly ended: number;
}

export async function bareSide(machine: Machine): Promise<Side> {
  const script = `${CHECKOUT}/bench/inside/react.js`;
  const daemon = await startDaemon(machine, [NODE, script, ROSTER, MAP]);
  await until('the script watches', () => (daemon.said().includes('{}') ? true : undefined));
  const line = async (subject: string, since: number): Promise<Reaction> => {
    const find = () =>
      daemon
        .said()
        .split('\n')
        .slice(0, -1)
        .map((text) => JSON.parse(text) as Line)
        .find((each) => each.subject === subject && each.began >= since);
    const { began, ended } = await until(`the script reacts to ${subject}`, find, 5);
    return { began, ended, tools: ended - began };
  };
  return { machine, onboarded: line, repaired: (since) => line(MAP, since), stop: () => daemon.stop() };
}

/** Puts a new text in the place of a file of a machine, as whoever edits it does; when, milliseconds since 1970. */
export function replaceFile({ root }: Machine, path: string, text: string): number {
  writeFileSync(`${root}${path}.new`, text);
  const at = now();
  renameSync(`${root}${path}.new`, `${root}${path}`);
  return at;
}
