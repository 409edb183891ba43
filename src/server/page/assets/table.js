/** A row for each person. A row stays the same element as long as the person is there: focus and details stay with it. */
import { detailsOf } from './details.js';
import { byId, element, setData, setText, setTime } from './dom.js';
import { MEANINGS, printable, STATES, verdictOf } from './words.js';

const rows = new Map();

/** Shows these people, who needs somebody first; everybody else's row goes. */
export function showPeople(views) {
  const names = new Set(views.map(({ user }) => user.metadata.name));
  for (const [name, { main, below }] of rows) {
    if (names.has(name)) continue;
    main.remove();
    below.remove();
    rows.delete(name);
  }
  const body = byId('rows');
  let place = body.firstChild;
  for (const view of views.toSorted(byNeed)) {
    const { main, below } = rowOf(view);
    // Moving an element takes the focus away from it: only what is out of its place is moved.
    if (place === main) place = below.nextSibling;
    else body.insertBefore(main, place);
    if (main.nextSibling !== below) body.insertBefore(below, main.nextSibling);
  }
}

/** Hides whoever `isShown` is false of; how many are left. */
export function filterPeople(isShown) {
  let count = 0;
  for (const { main, below, toggle, view } of rows.values()) {
    const shown = isShown(view);
    count += shown ? 1 : 0;
    main.hidden = !shown;
    below.hidden = !shown || toggle.getAttribute('aria-expanded') !== 'true';
  }
  return count;
}

/** The buttons of the rows that are shown, from top to bottom. */
export function toggles() {
  return [...byId('rows').querySelectorAll('tr:not([hidden]) > th > button')];
}

function byNeed(a, b) {
  const [first, second] = [a, b].map(({ user }) => STATES.indexOf(verdictOf(user).state));
  return first - second || (a.user.metadata.name < b.user.metadata.name ? -1 : 1);
}

function rowOf(view) {
  const { name } = view.user.metadata;
  const row = rows.get(name) ?? newRow(name);
  rows.set(name, row);
  row.view = view;
  fill(row);
  return row;
}

function newRow(name) {
  const id = `details-${rows.size}-${Date.now()}`;
  const toggle = element(
    'button',
    { type: 'button', 'aria-expanded': 'false', 'aria-controls': id },
    printable(name),
  );
  const account = element('span', { class: 'faint' });
  const [state, why, ports, change, next] = ['State', 'Why', 'Ports', 'Last change', 'Next try'].map(
    (label) => element('td', { role: 'cell', 'data-label': label }),
  );
  const badge = element('span', { class: 'state' });
  state.append(badge);
  const reason = element('b');
  const message = element('span');
  why.append(reason, ' ', message);
  const times = { change: element('time'), next: element('time') };
  change.append(times.change);
  next.append(times.next);
  const header = element('th', { role: 'rowheader', scope: 'row' }, toggle, ' ', account);
  const main = element('tr', { role: 'row' }, header, state, why, ports, change, next);
  const below = element(
    'tr',
    { role: 'row', id, hidden: true },
    element('td', { role: 'cell', colspan: '6' }),
  );
  const row = {
    main,
    below,
    toggle,
    account,
    badge,
    reason,
    message,
    why,
    ports,
    times,
    next,
    change,
    said: '',
  };
  toggle.addEventListener('click', () => open(row, toggle.getAttribute('aria-expanded') !== 'true'));
  return row;
}

function open(row, isOpen) {
  row.toggle.setAttribute('aria-expanded', String(isOpen));
  row.below.hidden = !isOpen;
  fillDetails(row);
}

function fill(row) {
  const { user, lastChange, next, isBusy } = row.view;
  const { state, reason, message } = verdictOf(user);
  setText(row.account, asides(user).join(', '));
  setText(row.badge, isBusy ? `${state}, at work` : state);
  setData(row.badge, 'state', state);
  setData(row.badge, 'busy', String(Boolean(isBusy)));
  row.badge.title = MEANINGS[state];
  setText(row.reason, reason);
  setText(row.message, message);
  setData(row.why, 'empty', String(reason === '' && message === ''));
  showPorts(row.ports, Object.entries(user.status?.ports ?? {}));
  setTime(row.times.change, lastChange);
  setData(row.change, 'empty', String(lastChange === undefined));
  setTime(row.times.next, next?.at);
  setData(row.next, 'empty', String(next === undefined));
  row.next.title = printable(next?.why);
  fillDetails(row);
}

/** What is not plain from the name. */
function asides({ metadata, spec, status }) {
  const account = status?.osUser ?? metadata.name;
  return [
    account === metadata.name ? '' : account,
    spec?.tier ?? '',
    spec?.suspended ? 'suspended' : '',
  ].filter((part) => part !== '');
}

function showPorts(cell, ports) {
  const said = JSON.stringify(ports);
  setData(cell, 'empty', String(ports.length === 0));
  if (cell.dataset.said === said) return;
  cell.dataset.said = said;
  // Apart also for whoever copies or hears them.
  const parts = ports.flatMap(([service, port]) => [portElement(service, port), ' ']);
  cell.replaceChildren(...parts);
}

function portElement(service, port) {
  const name = element('span', { class: 'faint' }, printable(service));
  return element('span', { class: 'port' }, name, ` ${printable(port)}`);
}

/** Made only while they are seen, and anew only when something in them differs. */
function fillDetails(row) {
  const isOpen = row.toggle.getAttribute('aria-expanded') === 'true';
  const said = isOpen ? JSON.stringify([row.view.user, row.view.next]) : '';
  if (row.said === said) return;
  row.said = said;
  row.below.firstChild.replaceChildren(...(isOpen ? [detailsOf(row.view)] : []));
}
