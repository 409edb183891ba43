/** What concerns the machine as a whole: whatever needs somebody stands at the top. */
import { byId, element, setText, timeElement } from './dom.js';
import { conditionsOf, printable } from './words.js';

/** Said anew only when it differs, so that a reader is not told the same thing again and again. */
let shown = '';

export function showNotices({ agent, workstation }) {
  const notices = noticesOf(agent, workstation);
  const list = byId('notices');
  const key = JSON.stringify(notices);
  if (key === shown) return;
  shown = key;
  list.hidden = notices.length === 0;
  list.replaceChildren(
    ...notices.map(({ title, message, advice }) =>
      element(
        'li',
        { class: 'notice' },
        element('strong', {}, title),
        element('p', {}, printable(message)),
        advice && element('p', { class: 'faint' }, advice[0], element('code', {}, advice[1])),
      ),
    ),
  );
}

function noticesOf({ trouble, heldRemovals }, workstation) {
  const notices = [];
  if (trouble) {
    const title = `What is declared could not be read (${printable(trouble.reason)}); what was declared before holds`;
    notices.push({ title, message: trouble.message });
  }
  if (heldRemovals) {
    const names = heldRemovals.osUsers.map(printable).join(', ');
    const advice = ['Declare them again, or let them go: ', 'workstation approve'];
    notices.push({ title: `Removals are held: ${names}`, message: heldRemovals.message, advice });
  }
  const machine = conditionsOf(workstation).find(({ type }) => type === 'MachineReady');
  if (machine?.status === 'False')
    notices.push({ title: 'The machine itself is not as declared', message: machine.message });
  return notices;
}

export function showDeparted(departed) {
  const people = Object.entries(departed ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  byId('departed').hidden = people.length === 0;
  byId('departed-list').replaceChildren(
    ...people.map(([osUser, since]) =>
      element('li', {}, element('b', {}, printable(osUser)), ' left ', timeElement(since)),
    ),
  );
}

export function showAgent(agent) {
  const footer = byId('agent');
  if (footer.children.length === 0)
    footer.append(
      ...['version', 'source', 'revision', 'started'].map((part) => element('span', { id: part })),
    );
  setText(byId('version'), `workstation ${agent.version}`);
  setText(byId('source'), `from ${agent.source}`);
  setText(byId('revision'), `revision ${agent.revision}`);
  byId('started').replaceChildren(`process ${printable(agent.pid)}, started `, timeElement(agent.startedAt));
}
