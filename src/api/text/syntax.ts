/**
 * YAML 1.2, and JSON with it, as syntax trees. What a hostile text could make expensive is bounded before it is built:
 * the tokens, the depth and the documents.
 */
import { Composer, type CST, type Document, Lexer, Parser } from 'yaml';
import { sentenceFor } from './sentences.ts';

/** Something wrong at an offset of the text. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

export interface SyntaxTree {
  readonly contents: Document.Parsed['contents'];
  readonly faults: readonly Fault[];
}

/** Deeper than any sensible manifest, shallower than any stack. */
export const MAX_DEPTH = 64;

/** Tokens of one text; ten thousand people take about half of it. */
const MAX_TOKENS = 1_000_000;

const MAX_DOCUMENTS = 10_000;

/** Each costs a stack trace, and more help nobody. */
const MAX_ERRORS = 50;

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  strict: true,
  // The library compares each key with all before it; `plainValue` does it in one go.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** The documents of a text; a text that is too much ends with the fault that says so. */
export function readSyntax(text: string): SyntaxTree[] {
  const composer = new Composer(OPTIONS);
  const trees: SyntaxTree[] = [];
  for (const token of tokens(text)) {
    if (token instanceof Excess) {
      trees.push({ contents: null, faults: [token] });
      break;
    }
    if (token.type === 'directive') trees.push({ contents: null, faults: [directive(token.offset)] });
    for (const document of composer.next(token)) trees.push(treeOf(document));
  }
  for (const document of composer.end()) trees.push(treeOf(document));
  return trees;
}

/** Where the bounds of a text are passed. */
class Excess implements Fault {
  readonly offset: number;
  readonly message: string;

  constructor(offset: number, message: string) {
    this.offset = offset;
    this.message = message;
  }
}

const TOO_DEEP = `found more than ${MAX_DEPTH} levels of nesting: no manifest needs so many`;

function* tokens(text: string): Generator<CST.Token | Excess, void> {
  const parser = new Parser();
  const counts = { lexemes: 0, documents: 0, errors: 0 };
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'document') counts.documents++;
      if (token.type === 'error') counts.errors++;
      yield token;
    }
    counts.lexemes++;
    const message = isTooDeep(parser) ? TOO_DEEP : excessOf(counts);
    if (message !== undefined) return yield new Excess(parser.offset - lexeme.length, message);
  }
  yield* parser.end();
}

function excessOf(counts: { lexemes: number; documents: number; errors: number }): string | undefined {
  if (counts.lexemes > MAX_TOKENS) return 'found more than a million tokens: split the file into several';
  if (counts.documents > MAX_DOCUMENTS)
    return `found more than ${MAX_DOCUMENTS} documents: split the file into several`;
  return counts.errors > MAX_ERRORS ? 'found too many problems to go on: correct these first' : undefined;
}

/** The stack of the parser holds the open collections, and few things between them. */
function isTooDeep({ stack }: Parser): boolean {
  if (stack.length <= MAX_DEPTH) return false;
  return stack.filter(({ type }) => COLLECTIONS.has(type)).length > MAX_DEPTH;
}

const COLLECTIONS = new Set(['block-map', 'block-seq', 'flow-collection']);

function directive(offset: number): Fault {
  return { offset, message: 'found a directive ("%"), which is not taken here: remove the line' };
}

function treeOf({ contents, errors }: Document.Parsed): SyntaxTree {
  return {
    contents,
    faults: errors.map((error) => ({ offset: error.pos[0], message: sentenceFor(error) })),
  };
}
