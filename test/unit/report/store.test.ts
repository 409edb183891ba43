import { EMPTY_STATE } from '../../../src/report/record.ts';
import { Store } from '../../../src/report/store.ts';

const PATH = '/var/lib/workstation/state.json';

/** A store over one file in memory, and what was written. */
function storeOver(text?: string) {
  const written: { path: string; text: string; mode: number }[] = [];
  const files = {
    read: (path: string) => (path === PATH ? (written.at(-1)?.text ?? text) : undefined),
    write: (path: string, content: string, mode: number) => void written.push({ path, text: content, mode }),
  };
  return { store: new Store(files, '/var/lib/workstation'), written };
}

const cut = { name: 'a', osUser: 'a', at: '2026-01-02T00:00:00Z', locked: true, units: [], groups: [] };

describe('the state directory', () => {
  it('is empty before the first pass', () => {
    expect(storeOver().store.load()).toEqual(EMPTY_STATE);
  });

  it('gives back what was saved, readable by everybody', () => {
    const { store, written } = storeOver();
    expect(store.save({ ...EMPTY_STATE, cuts: { a: cut } })).toBe(true);
    expect(written).toMatchObject([
      { path: PATH, mode: 0o644, text: expect.stringMatching(/^\{\n[^]*\n\}\n$/) },
    ]);
    expect(store.load()).toEqual({ ...EMPTY_STATE, cuts: { a: cut } });
  });

  it('is written only when something changed', () => {
    const { store, written } = storeOver();
    store.save({ ...EMPTY_STATE, cuts: { a: cut } });
    expect(store.save({ ...EMPTY_STATE, cuts: { a: { ...cut } } })).toBe(false);
    expect(store.save(store.load())).toBe(false);
    expect(store.save(EMPTY_STATE)).toBe(true);
    expect(written).toHaveLength(2);
  });

  it('keeps what a newer program wrote beside what is known', () => {
    const { store, written } = storeOver('{"version":1,"users":{},"leases":{"x":1}}');
    store.save({ ...store.load(), cuts: { a: cut } });
    expect(JSON.parse(written[0]?.text ?? '')).toEqual({
      ...EMPTY_STATE,
      leases: { x: 1 },
      cuts: { a: cut },
    });
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '5',
    '"x"',
    '{}',
    '{"version":1,"users":null}',
    '{"version":1,"cuts":[]}',
    '{"version":1,"suspended":1}',
  ])('is damaged when it holds %j', (text) => {
    expect(() => storeOver(text).store.load()).toThrow(
      `read ${PATH}: it is damaged: restore it from a backup, or move it away to begin anew`,
    );
  });

  it('of a newer format is left alone', () => {
    expect(() => storeOver('{"version":2}').store.load()).toThrow(
      `read ${PATH}: it has version 2, this program knows 1: install the newer program`,
    );
  });
});
