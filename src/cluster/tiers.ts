/**
 * The tiers that the cluster has people in, as each Workstation says where. What was read once holds until something else is
 * read: a source that does not answer says nothing of anybody.
 */
import type { Clock } from '../controller/clock.ts';
import { parseClusterTiers, type ClusterTierMap } from '../roster/tiers.ts';
import type { KnownTiers } from './acceptance.ts';
import { configMaps, type ClusterWorkstation, type ConfigMap } from './kinds.ts';
import type { Reference, Singles } from './singles.ts';

type Source = NonNullable<ClusterWorkstation['spec']['clusterTiers']>;

/** Reads a source that nothing tells changes of; undefined for one that cannot be read from here. */
export type ReadSource = (source: Source, signal: AbortSignal) => Promise<TiersRead> | undefined;
export type TiersRead =
  ({ readonly kind: 'read' } & ClusterTierMap) | { readonly kind: 'unreadable'; readonly message: string };

export interface TierOptions {
  readonly clock: Clock;
  readonly singles: Singles;
  readonly read: ReadSource;
  /** Milliseconds between two looks at a source that nothing tells changes of. */
  readonly interval: number;
}

interface Kept {
  /** JSON of the source: of another source nothing is known. */
  readonly source: string;
  /** What it was read from, where reading it again would give the same. */
  readonly from?: unknown;
  /** Undefined while the first answer is still to come. */
  readonly known: KnownTiers | undefined;
  /** On the clock, when to look again; never for what is watched. */
  readonly due: number;
}

/** Milliseconds that a ConfigMap may take to be known before it counts as one that cannot be read. */
const PATIENCE = 10_000;

/** What came of a look. */
export interface Look {
  /** What cannot be read, and why. */
  readonly trouble?: string;
  /** Milliseconds until the next one. */
  readonly next?: number;
}

export class Tiers {
  readonly #options: TierOptions;
  /** By the name of the workstation. */
  readonly #kept = new Map<string, Kept>();

  constructor(options: TierOptions) {
    this.#options = options;
  }

  /** Undefined until `look` has come to something. */
  known({ metadata, spec }: ClusterWorkstation): KnownTiers | undefined {
    return spec.clusterTiers === undefined ? NONE : this.#of(metadata.name, spec.clusterTiers)?.known;
  }

  /** Looks at a source again if that is due. @throws only the reason of `signal` */
  async look(
    { metadata: { name }, spec: { clusterTiers: source } }: ClusterWorkstation,
    signal: AbortSignal,
  ): Promise<Look> {
    if (source === undefined) {
      this.#kept.delete(name);
      return {};
    }
    const reference = referenceOf(source);
    if (reference !== undefined) return this.#lookAtCopy(name, source, reference);
    const { clock, read, interval } = this.#options;
    const left = (this.#of(name, source)?.due ?? 0) - clock.now();
    if (left > 0) return { next: left };
    const reading = read(source, signal);
    if (reading === undefined) {
      this.#keep(name, source, { known: NONE, due: Infinity });
      return {};
    }
    return this.#take(name, source, await reading, { due: clock.now() + interval });
  }

  forget(name: string): void {
    this.#kept.delete(name);
  }

  #lookAtCopy(name: string, source: Source, reference: Reference): Look {
    const { singles, clock } = this.#options;
    const single = singles.get<ConfigMap>(reference);
    const kept = this.#of(name, source);
    if (single.kind === 'unknown' && kept?.known === undefined) {
      const due = kept?.due ?? clock.now() + PATIENCE;
      this.#keep(name, source, { known: undefined, due });
      if (due > clock.now()) return { next: due - clock.now() };
    }
    if (single.kind === 'present' && kept?.from === single.object) return {};
    const from = single.kind === 'present' ? single.object : undefined;
    return this.#take(name, source, readCopy(source, from), { from, due: Infinity });
  }

  #take(
    name: string,
    source: Source,
    reading: TiersRead,
    { from, due }: { readonly from?: unknown; readonly due: number },
  ): Look {
    const next = due < Infinity ? { next: due - this.#options.clock.now() } : {};
    const before = this.#of(name, source)?.known;
    if (reading.kind === 'unreadable') {
      const known =
        before?.kind === 'read' ? before : ({ kind: 'unread', message: reading.message } as const);
      this.#keep(name, source, { known, due });
      return { trouble: reading.message, ...next };
    }
    const isSame = before?.kind === 'read' && isSameMap(before.tiers, reading.tiers);
    this.#keep(name, source, { known: isSame ? before : reading, from, due });
    return { ...(reading.problems.length > 0 ? { trouble: reading.problems.join('; ') } : {}), ...next };
  }

  #of(name: string, source: Source): Kept | undefined {
    const kept = this.#kept.get(name);
    return kept?.source === JSON.stringify(source) ? kept : undefined;
  }

  #keep(name: string, source: Source, kept: Omit<Kept, 'source'>): void {
    this.#kept.set(name, { ...kept, source: JSON.stringify(source) });
  }
}

const NONE: KnownTiers = { kind: 'none' };

/** The ConfigMap of a source, where it is one. */
export function referenceOf({ configMap }: Source): Reference | undefined {
  return configMap && { resource: configMaps(configMap.namespace), name: configMap.name };
}

function readCopy({ configMap }: Source, object: ConfigMap | undefined): TiersRead {
  const { namespace = '', name = '', field = '', key } = configMap ?? {};
  const attempt = `read the tiers of the cluster: the ConfigMap ${namespace}/${name}`;
  const unreadable = (found: string): TiersRead => ({ kind: 'unreadable', message: `${attempt}: ${found}` });
  if (object === undefined)
    return unreadable('it is not there, or cannot be watched: create it, and let the controller watch it');
  const value = Object.hasOwn(object.data ?? {}, field) ? object.data?.[field] : undefined;
  if (value === undefined) return unreadable(`it has no field ${JSON.stringify(field)}: add it`);
  const map = parseClusterTiers(value, key);
  if (map === undefined)
    return unreadable('what is there is no object from cluster user to tier: correct it');
  return { kind: 'read', ...map };
}

function isSameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
