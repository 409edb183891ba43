import { PassThrough } from 'node:stream';
import * as fc from '../../../property.ts';
import { printable, Tail } from '../../../../src/host/programs/output.ts';

describe('printable', () => {
  it.each([
    ['colours', '\x1b[1;31mfatal:\x1b[0m no', 'fatal: no'],
    ['a title for the terminal', '\x1b]0;owned\x07done', 'done'],
    ['a clipboard write', 'a\x1b]52;c;cm0gLXJm\x1b\\b', 'ab'],
    ['a reset', '\x1bcgone', 'gone'],
    ['an escape sequence of one byte', '\x9b31mred', 'red'],
    ['a sequence that is cut off', 'x\x1b[12', 'x12'],
    ['a string that never ends', 'x\x1b]0;title', 'x0;title'],
    ['carriage returns that overwrite', 'evil\rgood', 'evil\\x0dgood'],
    ['line ends of DOS', 'a\r\nb', 'a\nb'],
    ['backspaces', 'ab\b\bcd', 'ab\\x08\\x08cd'],
    ['text that runs backwards', 'a\u202Eb', 'a\\u202eb'],
    ['empty lines', '\n\n a\t\n\nb\n', ' a\nb'],
    ['other alphabets', 'Größe 大小 ✓', 'Größe 大小 ✓'],
  ])('makes %s harmless', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('lets no control character through but the line end, and no long line', () => {
    const hostile = fc.array(
      fc.constantFrom('\x1b', '[', ']', 'P', '\x07', '\\', '\x9b', '\x9d', '0', ';', 'm', '\n', '\r', 'a'),
    );
    fc.assert(
      fc.property(
        hostile.map((parts) => parts.join('')),
        (text) => {
          expect(printable(text)).toMatch(/^[\n\x20-\x7e\xa0-\uffff]*$/);
        },
      ),
    );
    expect(printable('x'.repeat(10_000))).toHaveLength(300);
  });

  it('takes time in proportion to the text', () => {
    const begun = performance.now();
    printable('\x1b]'.repeat(100_000));
    printable(`\x1b[${';'.repeat(200_000)}`);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('the tail of an output', () => {
  it('is the last bytes of it, however it comes in pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'binary-ascii' })),
        fc.integer({ min: 1, max: 20 }),
        (chunks, limit) => {
          const stream = new PassThrough();
          const tail = new Tail(stream, limit);
          for (const chunk of chunks) stream.emit('data', Buffer.from(chunk));
          const all = chunks.join('');
          expect(tail.text()).toBe(all.slice(-limit));
          expect(tail.truncated).toBe(all.length > limit);
          expect(tail.total).toBe(all.length);
        },
      ),
    );
  });
});
