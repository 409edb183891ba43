/** How everybody stands. A person hears of themself, whatever they ask. */
import type { AgentView, UserView } from '../../agent/view.ts';
import { quote } from '../../api/text/show.ts';
import type { SetTimer } from '../../telemetry/timer.ts';
import { answerJson } from '../answer.ts';
import type { Asker } from '../asker.ts';
import { Refusal } from '../refusal.ts';
import type { Call, Route } from '../route.ts';
import { watchUsers } from './watch.ts';

const READERS: readonly Asker['kind'][] = ['administrator', 'page', 'person'];

export interface UserList {
  readonly items: readonly UserView[];
}

export function userRoutes(view: AgentView, setTimer: SetTimer): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/users',
      to: READERS,
      handle: (call) => {
        const only = call.asker.kind === 'person' ? call.asker.name : undefined;
        if (isWatch(call)) watchUsers(view, call, setTimer, only);
        else answerJson(call.response, 200, list(view, only));
      },
    },
    { method: 'GET', path: '/v1/users/*', to: READERS, handle: (call) => tell(view, call) },
  ];
}

function isWatch({ query }: Call): boolean {
  const wanted = query.get('watch') ?? '0';
  if (!['0', '1', 'false', 'true'].includes(wanted)) {
    throw new Refusal(400, `watch users: found watch=${quote(wanted)}, give watch=1`);
  }
  return wanted === '1' || wanted === 'true';
}

function list(view: AgentView, only: string | undefined): UserList {
  const items = view.status().users.filter(({ user }) => only === undefined || user.metadata.name === only);
  return { items };
}

function tell(view: AgentView, { asker, response, rest: name }: Call): void {
  // The same for everybody else, known or not.
  if (asker.kind === 'person' && asker.name !== name) {
    throw new Refusal(
      403,
      `ask about ${quote(name)}: you may ask about ${asker.name}, for others ask as root`,
    );
  }
  const details = view.details(name);
  if (details === undefined) throw new Refusal(404, `ask about ${quote(name)}: nobody is known by that name`);
  answerJson(response, 200, details);
}
