/** The controller over a connection: one of several leads, and all of them are ready to. */
import type { Clock } from '../controller/clock.ts';
import type { Connection } from '../kubernetes/connect.ts';
import type { ElectionTimes } from '../kubernetes/election.ts';
import { campaign, type Candidacy } from '../kubernetes/elector.ts';
import type { LeaseName } from '../kubernetes/leases.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { Recorder } from '../kubernetes/recorder.ts';
import { Reflector } from '../kubernetes/reflector.ts';
import type { Logger } from '../telemetry/logger.ts';
import { Controller, type ControllerOptions } from './controller.ts';
import type { Follow } from './singles.ts';
import type { Occurrence } from './world.ts';

export interface ServeOptions extends Pick<
  ControllerOptions,
  'clock' | 'grace' | 'logger' | 'metrics' | 'namespace' | 'readTiers' | 'roster' | 'tierInterval' | 'workers'
> {
  readonly connection: Connection;
  /** Of this program, unlike every other's, also that of its own earlier life. */
  readonly identity: string;
  readonly lease: LeaseName;
  readonly times: ElectionTimes;
  readonly onStanding: (standing: Standing) => void;
}

/** How far one of several controllers is. */
export type Standing =
  /** Not all there is has been seen. */
  | 'reads'
  /** Ready to lead, while another does. */
  | 'waits'
  | 'leads';

/** Milliseconds that Events may still take at the end. */
const FAREWELL = 2000;

/** Leads, or waits to lead, until `signal` fires or the lead is lost. */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<Candidacy> {
  const { clock, logger, identity, onStanding } = options;
  const { api } = options.connection;
  const reporter = { controller: 'workstation.dev/controller', instance: identity };
  const recorder = new Recorder({ api, reporter, clock });
  const ended = new AbortController();
  try {
    const controller = new Controller(
      {
        ...options,
        api,
        follow: followOver(options.connection, logger, clock),
        now: () => new Date(),
        tell: (occurrence) => recorder.record(happeningOf(occurrence)),
      },
      ended.signal,
    );
    onStanding('reads');
    await controller.synced(signal);
    onStanding('waits');
    return await campaign(
      electorOptions(options),
      (leading) => {
        onStanding('leads');
        logger.log('notice', 'leads', { identity });
        return controller.work(leading);
      },
      signal,
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    return { kind: 'stopped' };
  } finally {
    await recorder.close(AbortSignal.timeout(FAREWELL));
    ended.abort();
  }
}

function electorOptions({ connection, lease, identity, times, clock, logger }: ServeOptions) {
  const attempt = times.renewDeadline / 2;
  return {
    api: connection.apiWithin({ attempt, request: attempt }),
    lease,
    identity,
    times,
    clock,
    onLeader: (leader: string) => {
      if (leader !== identity) logger.log('info', leader === '' ? 'nobody leads' : `${leader} leads`);
    },
    onTrouble: ({ message }: Error) => logger.log('warning', message),
  };
}

function followOver({ transport }: Connection, logger: Logger, clock: Clock): Follow {
  return <T extends KubernetesObject>(
    { resource, selectors, onChange }: Parameters<Follow>[0],
    signal: AbortSignal,
  ) => {
    const reflector = new Reflector<T>({
      transport,
      resource,
      ...(selectors === undefined ? {} : { selectors }),
      onChange,
      onTrouble: (trouble) => {
        if (trouble === undefined) logger.log('notice', `watches ${resource.plural} again`);
        else logger.log('warning', trouble.message);
      },
      clock,
    });
    void reflector.run(signal);
    return reflector;
  };
}

function happeningOf({ regarding, message, ...what }: Occurrence) {
  const { apiVersion = '', kind = '', metadata } = regarding;
  const { name, namespace, uid } = metadata;
  return {
    ...what,
    note: message,
    regarding: {
      apiVersion,
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
  };
}
