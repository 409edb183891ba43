/** The page: follows the stream, shows what it says, and answers the keyboard. */
import { byId, setData, setText, tick } from './dom.js';
import { showAgent, showDeparted, showNotices } from './notices.js';
import { follow } from './stream.js';
import { filterPeople, showPeople, toggles } from './table.js';
import { duration, people, printable, searchable, verdictOf } from './words.js';

const filter = byId('filter');
const connection = byId('connection');
const choices = [...document.querySelectorAll('[data-show]')];
let status;
let show = 'all';
/** When the stream was lost, milliseconds since 1970; undefined while it is live, or never was. */
let lostAt;
/** The state of each person, by name, as it was said last. */
let states;

follow('v1/stream', onStatus, onState);
setInterval(onTick, 1000);
filter.addEventListener('input', applyFilter);
for (const choice of choices) choice.addEventListener('click', () => choose(choice));
document.addEventListener('keydown', onKey);

function onStatus(next) {
  status = next;
  const { agent, workstation, users } = status;
  const ready = users.filter(({ user }) => verdictOf(user).state === 'Ready').length;
  const name = printable(workstation?.metadata.name ?? 'workstation');
  setText(byId('machine'), name);
  setText(byId('count'), `${ready} of ${people(users.length)} ready`);
  const bad = users.length - ready;
  document.title = bad === 0 ? name : `(${bad}) ${name}`;
  setText(choices[0].lastElementChild, users.length);
  setText(choices[1].lastElementChild, bad);
  showNotices(status);
  showPeople(users);
  showDeparted(status.departed);
  showAgent(agent);
  applyFilter();
  announce(users);
}

function onState(state) {
  lostAt = state === 'live' ? undefined : (lostAt ?? Date.now());
  setData(connection, 'state', state);
  setData(document.body, 'stale', String(state !== 'live' && status !== undefined));
  // Said once, not every second: it is read aloud.
  setText(connection, state === 'live' ? 'Live' : status ? 'Not connected, trying again' : 'Connecting');
  if (state === 'live') connection.removeAttribute('title');
}

function onTick() {
  if (document.hidden) return;
  tick();
  if (lostAt !== undefined && status !== undefined)
    connection.title = `What is shown was so ${duration(Date.now() - lostAt)} ago`;
}

function choose(choice) {
  show = choice.dataset.show;
  for (const other of choices) other.setAttribute('aria-pressed', String(other === choice));
  applyFilter();
}

function applyFilter() {
  if (status === undefined) return;
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const count = filterPeople((view) => {
    if (show === 'bad' && verdictOf(view.user).state === 'Ready') return false;
    const text = searchable(view);
    return words.every((word) => text.includes(word));
  });
  const nobody = byId('nobody');
  nobody.hidden = count > 0;
  byId('table').hidden = count === 0;
  setText(
    nobody,
    status.users.length === 0
      ? 'Nobody is declared'
      : show === 'bad' && words.length === 0
        ? 'Everybody is ready'
        : 'Nobody matches',
  );
}

/** Tells a reader who changed, not that something did. */
function announce(users) {
  const now = new Map(users.map(({ user }) => [user.metadata.name, verdictOf(user)]));
  const changed = [...now].filter(
    ([name, { state }]) => states !== undefined && states.get(name)?.state !== state,
  );
  const gone = [...(states?.keys() ?? [])].filter((name) => !now.has(name));
  states = now;
  const said = [
    ...changed.map(
      ([name, { state, reason }]) => `${name} is ${state.toLowerCase()}${reason ? `: ${reason}` : ''}`,
    ),
    ...gone.map((name) => `${name} is gone`),
  ];
  if (said.length > 0)
    setText(byId('news'), said.length > 5 ? `${said.length} people changed` : said.join('. '));
}

function onKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = target instanceof HTMLInputElement;
  if (key === '/' && !isTyping) {
    event.preventDefault();
    filter.focus();
    filter.select();
  } else if (key === 'Escape' && isTyping) {
    filter.value = '';
    applyFilter();
    filter.blur();
  } else if (['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(key)) {
    moveFocus(event, isTyping);
  }
}

/** Between people: down from the filter, and from one to the next. */
function moveFocus(event, isTyping) {
  const all = toggles();
  const at = all.indexOf(document.activeElement);
  if (all.length === 0 || (at === -1 && !(isTyping && event.key === 'ArrowDown'))) return;
  const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  event.preventDefault();
  all[Math.min(all.length - 1, Math.max(0, places[event.key]))].focus();
}
