import { parseAllDocuments } from 'yaml';
import type { WatchEvent } from '../../../src/agent/view.ts';
import { UserWatch, type WatchSetting } from '../../../src/cli/print/watch.ts';
import type { RecordedUser } from '../../../src/report/record.ts';
import { expected } from './expected.ts';
import { ANN, EMO, NOW } from './records.ts';

const LONG: RecordedUser = { ...ANN, metadata: { ...ANN.metadata, name: 'somebody-with-a-long-name' } };
const EVENTS: readonly WatchEvent[] = [
  { type: 'ADDED', object: ANN },
  { type: 'ADDED', object: EMO },
  { type: 'MODIFIED', object: { ...EMO, status: ANN.status } },
  { type: 'ADDED', object: LONG },
  { type: 'DELETED', object: ANN },
];

/** What is printed for each event, a minute apart. */
function watch(setting: Partial<WatchSetting>, events = EVENTS): string[] {
  let now = NOW.getTime();
  const printer = new UserWatch({
    format: 'table',
    services: ['editor', 'browser'],
    events: false,
    known: [ANN, EMO],
    now: () => new Date(now),
    ...setting,
  });
  return events.map((event) => {
    const text = printer.next(event);
    now += 60_000;
    return text;
  });
}

describe('a watch of users', () => {
  it('prints the header once and a row for each event, under each other', () => {
    expect(watch({}).join('')).toBe(expected('watch.txt'));
  });

  it('prints with -o wide the other columns too, and with events what happened', () => {
    expect(watch({ format: 'wide', events: true }).join('')).toBe(expected('watch-wide.txt'));
  });

  it('gives every row the width of whoever is known, though their row comes later', () => {
    const [first = '', second = ''] = watch({ known: [ANN, LONG] }, EVENTS.slice(0, 2));
    const column = first.indexOf('TIER');
    expect(column).toBe(LONG.metadata.name.length + 3);
    expect(first.split('\n')[1]?.slice(column)).toMatch(/^admin/);
    expect(second.slice(column)).toMatch(/^namespace-owner/);
  });

  it('prints objects one after another, or their events', () => {
    expect(watch({ format: 'json' }).map((text) => JSON.parse(text) as unknown)).toEqual(
      EVENTS.map(({ object }) => object),
    );
    expect(watch({ format: 'json', events: true }).map((text) => JSON.parse(text) as unknown)).toEqual(
      EVENTS,
    );
    const documents = parseAllDocuments(watch({ format: 'yaml' }).join(''));
    expect(documents.map((document) => document.toJS() as unknown)).toEqual(
      EVENTS.map(({ object }) => object),
    );
  });

  it('prints names', () => {
    expect(watch({ format: 'name' })[0]).toBe('workstationuser.workstation.dev/ann\n');
  });
});
