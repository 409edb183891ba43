import { lately } from '../../../src/sections/lately.ts';

/** Tells how often each text was parsed. */
function counted() {
  const parsed: string[] = [];
  const parse = lately((text) => {
    parsed.push(text);
    return { text };
  });
  return { parse, times: (text: string) => parsed.filter((one) => one === text).length };
}

describe('a parser that keeps what it made lately', () => {
  it('parses a text once, and gives the same result', () => {
    const { parse, times } = counted();
    expect(parse('a')).toEqual({ text: 'a' });
    expect(parse('b')).toEqual({ text: 'b' });
    expect(parse('a')).toBe(parse('a'));
    expect(times('a')).toBe(1);
  });

  it('keeps nothing at all as a result too', () => {
    let count = 0;
    const parse = lately(() => void count++);
    for (let time = 0; time < 3; time++) expect(parse('broken')).toBeUndefined();
    expect(count).toBe(1);
  });

  it('keeps what is asked for, and of the rest only the last', () => {
    const { parse, times } = counted();
    for (let index = 0; index < 200; index++) {
      parse(`${index}`);
      parse('asked');
    }
    parse('199');
    parse('0');
    expect([times('asked'), times('199'), times('0')]).toEqual([1, 1, 2]);
  });

  it('keeps no long text, which somebody may have made to fill the memory', () => {
    const { parse, times } = counted();
    const long = 'x'.repeat(65_537);
    for (let time = 0; time < 2; time++) parse(long);
    expect(times(long)).toBe(2);
  });
});
