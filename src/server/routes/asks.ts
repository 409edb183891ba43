/** What an administrator asks for to be done. */
import type { AgentView } from '../../agent/view.ts';
import { quote } from '../../api/text/show.ts';
import { answerJson } from '../answer.ts';
import { readNothing, readText } from '../body.ts';
import { Refusal } from '../refusal.ts';
import type { Call, Route } from '../route.ts';

export function askRoutes(view: AgentView): readonly Route[] {
  const route = (path: string, handle: Route['handle']): Route => ({
    method: 'POST',
    path,
    to: ['administrator'],
    handle,
  });
  return [
    route('/v1/reconcile', (call) => reconcile(view, call)),
    route('/v1/approve', async ({ request, response }) => {
      await readNothing(request);
      answerJson(response, 200, { osUsers: view.approve() });
    }),
    route('/v1/release', (call) => release(view, call)),
  ];
}

/** Answers when the pass is asked for: it may take minutes. */
async function reconcile(view: AgentView, { request, response }: Call): Promise<void> {
  const name = await readText(request, 'name');
  if (!view.reconcile(name)) {
    throw new Refusal(404, `ask for a pass of ${quote(name ?? '')}: nobody is known by that name`);
  }
  answerJson(response, 202, {});
}

async function release(view: AgentView, { request, response }: Call): Promise<void> {
  const osUser = await readText(request, 'osUser');
  if (osUser === undefined) throw new Refusal(400, 'read the request: osUser is missing');
  const released = await view.release(osUser);
  if (released.kind === 'refused') throw new Refusal(409, released.message);
  answerJson(response, 200, {});
}
