/** The server of an agent that knows the accounts it is told as NAME:UID, at /run/workstation, until it is killed. */
import { serveAgent } from '../../../src/server/serve.ts';
import { ToldView, user } from '../../unit/server/view.ts';

const people = process.argv.slice(2).map((each) => {
  const [name = '', uid] = each.split(':');
  return user(name, uid === undefined ? undefined : Number(uid));
});
const logger = { log: () => undefined, with: () => logger };
await serveAgent({
  view: new ToldView(...people),
  page: [],
  collectors: [],
  ports: [],
  directory: '/run/workstation',
  logger,
});
console.log('serving');
