/** Text in, problems out: what is no YAML, or more of YAML than is taken. Each problem is `line:column: message`. */
import type { Case } from './case.ts';

export const syntax: Readonly<Record<string, Case>> = {
  'a list that is not closed': {
    text: 'a: [1, 2',
    problems: ['1:9: found a list that is not closed: close it with "]", indented deeper than its key'],
  },
  'a mapping that is not closed': {
    text: 'a: {b: 1\n',
    problems: ['2:1: found a mapping that is not closed: close it with "}", indented deeper than its key'],
  },
  'a closing bracket too many': {
    text: 'a: {b: 1}}',
    problems: ['1:10: found a closing bracket that nothing opens: remove it'],
  },
  'a quote that is not closed': {
    text: 'a: "x',
    problems: ['1:6: found a quote that is not closed: close it'],
  },
  'an apostrophe that is not closed': {
    text: "a: 'x",
    problems: ['1:6: found a quote that is not closed: close it'],
  },
  'an item without a comma': {
    text: 'a: ["b" "c"]',
    problems: ['1:9: found two items without a comma between them: add the comma'],
  },
  'a comma without an item': {
    text: 'a: [, b]',
    problems: ['1:5: found a comma without an item before it: remove it'],
  },
  'a tab as indentation': {
    text: 'a:\n\tb: 1',
    problems: ['2:1: found a tab as indentation: indent with spaces'],
  },
  'a line that is indented differently': {
    text: 'a:\n  - 1\n b: 2',
    problems: ['3:1: found a line that is indented differently from its neighbours: align it'],
  },
  'two colons on one line': {
    text: 'a: b: c',
    problems: ['1:4: found a second ":" or a "-" on one line: quote the value, or move it to the next line'],
  },
  'a value beginning with a reserved character': {
    text: 'a: @x',
    problems: ['1:4: found a value beginning with a character that YAML keeps for itself: quote the value'],
  },
  'an unknown escape': {
    text: 'a: "\\q"',
    problems: ['1:5: found an unknown escape in double quotes: use single quotes, or double the backslash'],
  },
  'text after a block header': {
    text: 'a: |x\n  b',
    problems: ['1:5: found text after "|" or ">": begin the text on the next line'],
  },
  'a line without a colon': {
    text: 'a: 1\nfoo',
    problems: ['2:1: found a line without ":": write "key: value"'],
  },
  'a key over several lines': {
    text: 'a: 1\nfoo\nb: 2',
    problems: ['2:1: found a key over several lines: a ":" is missing, or the key needs quotes'],
  },
  'a list item without its dash': {
    text: '- a\nb',
    problems: ['2:1: found something that is not YAML: check the quotes, brackets and indentation here'],
  },
  'a list with dashes inside braces': {
    text: 'a: {b: - c}',
    problems: [
      '1:8: found an indented block inside brackets: write it in brackets too',
      '1:10: found two items without a comma between them: add the comma',
    ],
  },
  'several problems, all at once': {
    text: 'a: "\\q"\nb: @x\n---\nc: [1\n',
    problems: [
      '1:5: found an unknown escape in double quotes: use single quotes, or double the backslash',
      '2:4: found a value beginning with a character that YAML keeps for itself: quote the value',
      '5:1: found a list that is not closed: close it with "]", indented deeper than its key',
    ],
  },
  'a key twice': {
    text: 'a: 1\nb: 2\na: 3',
    problems: ['3:1: found the key "a" a second time: remove one'],
  },
  'a key twice, spelled differently': {
    text: '{"a": 1, \'a\': 2}',
    problems: ['1:10: found the key "a" a second time: remove one'],
  },
  'an anchor and an alias': {
    text: 'a: &x 1\nb: *x',
    problems: [
      '1:7: found the anchor "x", which is not taken here: remove it',
      '2:4: found the alias "x", which is not taken here: write the value again',
    ],
  },
  'a billion laughs': {
    text: 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]',
    problems: [
      '1:7: found the anchor "a", which is not taken here: remove it',
      '2:7: found the anchor "b", which is not taken here: remove it',
      '2:8: found the alias "a", which is not taken here: write the value again',
      '2:12: found the alias "a", which is not taken here: write the value again',
      '3:5: found the alias "b", which is not taken here: write the value again',
      '3:9: found the alias "b", which is not taken here: write the value again',
    ],
  },
  'an anchor on a key': {
    text: '&x a: 1',
    problems: ['1:4: found the anchor "x", which is not taken here: remove it'],
  },
  'an alias as a key': {
    text: 'a: 1\n*x : 2',
    problems: ['2:1: found a list, mapping or alias as a key: a key must be text'],
  },
  'a tag': {
    text: 'a: !!binary aGk=',
    problems: ['1:13: found the tag "tag:yaml.org,2002:binary", which is not taken here: remove it'],
  },
  'a tag of one’s own': {
    text: 'a: !secret {b: 1}',
    problems: ['1:12: found the tag "!secret", which is not taken here: remove it'],
  },
  'a directive': {
    text: '%YAML 1.1\n---\na: 1',
    problems: ['1:1: found a directive ("%"), which is not taken here: remove the line'],
  },
  'a merge key': {
    text: '<<: {a: 1}',
    problems: ['1:1: found the merge key "<<", which is not taken here: write the members out'],
  },
  'a number as a key': {
    text: '7: a',
    problems: ['1:1: found 7 as a key, must be text: quote it'],
  },
  'nothing as a key': {
    text: '~: a',
    problems: ['1:1: found ~ as a key, must be text: quote it'],
  },
  'a list as a key': {
    text: '? [a]\n: 1',
    problems: ['1:3: found a list, mapping or alias as a key: a key must be text'],
  },
  'the key of all objects': {
    text: '__proto__: {a: 1}',
    problems: ['1:1: found the key "__proto__", which no program can keep: rename it'],
  },
  'a number with too many digits': {
    text: 'a: 12345678901234567890',
    problems: ['1:4: found the number 12345678901234567890, which cannot be kept exactly: quote it'],
  },
  'a number that is none': {
    text: 'a: .nan',
    problems: ['1:4: found the number .nan, which cannot be kept exactly: quote it'],
  },
  'half a character': {
    text: 'a: "\\ud800"',
    problems: ['1:4: found half of a character (a lone surrogate): write the whole character'],
  },
  'a NUL byte': {
    text: 'a: 1\nb: \0',
    problems: ['2:4: found a NUL byte: remove it, or write it as an escape in double quotes'],
  },
  'an escape character': {
    text: 'a: "\x1b[2J"',
    problems: [
      '1:5: found the control character \\x1b: remove it, or write it as an escape in double quotes',
    ],
  },
  '65 levels of lists': {
    text: `a:\n  ${'['.repeat(65)}`,
    problems: ['2:66: found more than 64 levels of nesting: no manifest needs so many'],
  },
  '65 levels of dashes': {
    text: '- '.repeat(66),
    problems: ['1:129: found more than 64 levels of nesting: no manifest needs so many'],
  },
  'a million braces': {
    text: '{"a":'.repeat(1_000_000),
    problems: ['1:321: found more than 64 levels of nesting: no manifest needs so many'],
  },
  'a million items': {
    text: `[${'1,'.repeat(1_000_000)}]`,
    problems: ['1:666667: found more than a million tokens: split the file into several'],
  },
  'a million documents': {
    text: '---\n'.repeat(1_000_000),
    problems: ['10002:1: found more than 10000 documents: split the file into several'],
  },
};
