/** Events of events.k8s.io/v1: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
import { randomBytes } from 'node:crypto';
import { microTime } from './leases.ts';
import type { KubernetesObject, Resource } from './objects.ts';
import { oneLine } from './refusal.ts';

/** Something that happened to an object. */
export interface Happening {
  readonly regarding: Regarding;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, up to 128 characters: why. */
  readonly reason: string;
  /** CamelCase, up to 128 characters: what was done or tried. */
  readonly action: string;
  /** For a person; without secrets. */
  readonly note: string;
  /** Milliseconds since 1970; now when left out. */
  readonly at?: number;
}

export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty or left out where the object belongs to no namespace. */
  readonly namespace?: string;
  readonly uid?: string;
}

/** Who tells it. */
export interface Reporter {
  /** A qualified name: `workstation.dev/agent`. */
  readonly controller: string;
  /** Which of them: the machine, or the pod. */
  readonly instance: string;
}

/** How often the same thing has happened, once that is more than once. */
export interface Series {
  readonly count: number;
  /** MicroTime. */
  readonly lastObservedTime: string;
}

export interface KubernetesEvent extends KubernetesObject {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly regarding: Regarding;
  readonly type: string;
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly series?: Series;
}

/** So that the name with what is added to it stays within 253 characters. */
const LONGEST_NAME = 220;
/** The server's limit, in bytes. */
const LONGEST_NOTE = 1024;

/** Events of what has no namespace are kept in `default`, where kubectl looks for them. */
export function eventsFor({ namespace }: Regarding): Resource {
  return {
    group: 'events.k8s.io',
    version: 'v1',
    plural: 'events',
    kind: 'Event',
    namespace: namespace || 'default',
  };
}

/** What is the same happening when it happens again. */
export function kindOf({ regarding, type, reason, action, note }: Happening): string {
  const { apiVersion, kind, namespace = '', name, uid = '' } = regarding;
  return JSON.stringify([apiVersion, kind, namespace, name, uid, type, reason, action, note]);
}

export function eventFor(
  happening: Happening,
  reporter: Reporter,
  at: number,
  series?: Series,
): KubernetesEvent {
  const { regarding, type, reason, action, note } = happening;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      name: `${regarding.name.slice(0, LONGEST_NAME)}.${randomBytes(8).toString('hex')}`,
      namespace: regarding.namespace || 'default',
    },
    eventTime: microTime(at),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance,
    regarding,
    type,
    reason,
    action,
    note: shortened(oneLine(note)),
    ...(series && { series }),
  };
}

function shortened(note: string): string {
  if (Buffer.byteLength(note) <= LONGEST_NOTE) return note;
  // A cut inside a character leaves one that stands for none.
  const cut = Buffer.from(note)
    .subarray(0, LONGEST_NOTE - 3)
    .toString()
    .replace(/\ufffd+$/, '');
  return `${cut}…`;
}
