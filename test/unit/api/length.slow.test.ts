import { parseText } from '../../../src/api/text/parse.ts';

it('text from anybody takes a time that grows with its length, and no faster', () => {
  const parts = [
    'a: 1\n',
    '"',
    '!t ',
    '&a ',
    '*a',
    '\n',
    '|\n',
    '{a: b}\n',
    '}',
    'a',
    ':',
    '? a\n: b\n',
    "'x",
    '[],',
  ];
  const cost = (length: number) => {
    const texts = parts.map((part) => part.repeat(length / part.length));
    const runs = Array.from({ length: 3 }, () => {
      const before = process.cpuUsage();
      for (const text of texts) parseText('f', text);
      return process.cpuUsage(before).user;
    });
    return Math.min(...runs);
  };
  // Four times the length: four times the work, where a square would be sixteen times.
  expect(cost(16 * 1024) / cost(4 * 1024)).toBeLessThan(11);
});
