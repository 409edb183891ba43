/** Leases of coordination.k8s.io/v1, and time as they write it. */
import type { KubernetesObject, ObjectMeta, Resource } from './objects.ts';

export interface Lease extends KubernetesObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  /** Who has it; empty when it was given back. */
  readonly holderIdentity?: string;
  /** How long after `renewTime` others leave it alone. */
  readonly leaseDurationSeconds?: number;
  /** MicroTime: when the holder got it. */
  readonly acquireTime?: string;
  /** MicroTime: when the holder last said that it is there. */
  readonly renewTime?: string;
  /** How often it has changed hands. */
  readonly leaseTransitions?: number;
}

/** Which Lease. */
export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

export function leasesOf(namespace: string): Resource {
  return { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespace };
}

export function newLease(
  { namespace, name }: LeaseName,
  spec: LeaseSpec,
  meta: Partial<ObjectMeta> = {},
): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...meta, namespace, name },
    spec,
  };
}

/** RFC 3339 with six digits after the second: the server refuses any other number of them. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
