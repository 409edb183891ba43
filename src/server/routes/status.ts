/** The whole machine: as data, as a stream, and as a page that shows the stream. */
import type { AgentView } from '../../agent/view.ts';
import type { SetTimer } from '../../telemetry/timer.ts';
import { answer, answerJson } from '../answer.ts';
import type { Asset } from '../page/index.ts';
import type { Route } from '../route.ts';
import { StatusStream } from './stream.ts';

export function statusRoutes(view: AgentView, page: readonly Asset[], setTimer: SetTimer): readonly Route[] {
  const route = (path: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    to: ['administrator', 'page'],
    handle,
  });
  const stream = new StatusStream(view, setTimer);
  return [
    route('/v1/status', ({ response }) => answerJson(response, 200, view.status())),
    route('/v1/stream', ({ response }) => stream.add(response)),
    ...page.map(({ path, contentType, body }) =>
      route(path, ({ response }) => answer(response, 200, contentType, body)),
    ),
  ];
}
