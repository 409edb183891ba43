/** One person in full, below their row. */
import { element, timeElement } from './dom.js';
import { conditionsOf, printable } from './words.js';

export function detailsOf({ user, next }) {
  return element(
    'div',
    { class: 'details' },
    factsOf(user),
    conditionsOf(user).length > 0
      ? conditionTable(user)
      : element('p', { class: 'faint' }, 'No conditions yet'),
    next && element('p', { class: 'faint' }, 'Next try ', timeElement(next.at), `: ${printable(next.why)}`),
  );
}

function factsOf({ metadata, spec, status }) {
  const facts = [
    ['Account', status?.osUser],
    ['UID', status?.uid],
    ['Tier', spec?.tier],
    ['Namespaces', spec?.namespaces?.join(', ')],
    ['Single sign-on', spec?.authentikUser],
    ['Cluster', spec?.k8sUser],
    ['Code', [spec?.codeLayout, ...(spec?.repos ?? [])].join(', ')],
    ['Generation', generation(metadata, status)],
  ];
  return element(
    'dl',
    {},
    ...facts
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) =>
        element('div', {}, element('dt', {}, name), element('dd', {}, printable(value))),
      ),
  );
}

/** A pass that has not seen the newest declaration yet says nothing of it. */
function generation(metadata, status) {
  const { generation } = metadata;
  return status?.observedGeneration === generation
    ? generation
    : `${generation}, seen ${status?.observedGeneration}`;
}

function conditionTable(user) {
  const headers = ['Condition', 'Status', 'Since', 'Reason', 'Message'];
  const rows = conditionsOf(user).map(({ type, status, lastTransitionTime, reason, message }) =>
    row(
      element('th', { role: 'rowheader', scope: 'row' }, printable(type)),
      cell(printable(status)),
      cell(timeElement(lastTransitionTime)),
      cell(printable(reason)),
      cell(printable(message)),
    ),
  );
  return element(
    'table',
    { role: 'table', class: 'conditions' },
    element('caption', { class: 'hidden' }, `Conditions of ${printable(user.metadata.name)}`),
    element(
      'thead',
      { role: 'rowgroup' },
      row(...headers.map((header) => element('th', { role: 'columnheader', scope: 'col' }, header))),
    ),
    element('tbody', { role: 'rowgroup' }, ...rows),
  );
}

function row(...cells) {
  return element('tr', { role: 'row' }, ...cells);
}

function cell(content) {
  return element('td', { role: 'cell' }, content);
}
