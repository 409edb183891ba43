/** What other programs ask: metrics, and whether this one is alive and ready, as Kubernetes' components answer. */
import type { Collector } from '../../telemetry/metrics/metric.ts';
import { CONTENT_TYPE, printMetrics } from '../../telemetry/metrics/exposition.ts';
import { answer } from '../answer.ts';
import type { Route } from '../route.ts';

export interface Probed {
  readonly collectors: readonly Collector[];
  /** Whether it does what it is there for. */
  readonly isReady: () => boolean;
}

export function probeRoutes({ collectors, isReady }: Probed): readonly Route[] {
  const route = (path: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    to: ['administrator', 'page', 'person', 'probe'],
    handle,
  });
  // To answer at all is to be alive.
  const alive: Route['handle'] = ({ response }) => answer(response, 200, TEXT, 'ok\n');
  return [
    route('/healthz', alive),
    route('/livez', alive),
    route('/readyz', ({ response }) =>
      isReady() ? answer(response, 200, TEXT, 'ok\n') : answer(response, 503, TEXT, 'not ready\n'),
    ),
    {
      method: 'GET',
      path: '/metrics',
      to: ['administrator', 'probe'],
      handle: ({ response }) =>
        answer(response, 200, CONTENT_TYPE, printMetrics(collectors.flatMap((each) => [...each.collect()]))),
    },
  ];
}

const TEXT = 'text/plain; charset=utf-8';
