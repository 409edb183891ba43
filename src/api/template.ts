/**
 * Text with variables, as the strings of a Workstation are: `${user}` is replaced, `$${` stands for a literal `${`,
 * and a `$` before anything else stands for itself.
 */

/** One `${NAME}` in a text. */
export interface Variable {
  readonly name: string;
  /** The offset of its `$`, in UTF-16 units. */
  readonly index: number;
}

const PATTERN = /\$\$\{|\$\{([^{}\s]*)\}/g;

/** A `${` that no `}` ends, or whose name holds spaces or braces; `$${` is taken along so that it cannot match. */
const BROKEN = /\$\$\{|\$\{(?![^{}\s]+\})/g;

/** The text with its variables replaced. Throws on a variable without a value, which checked text never has. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(PATTERN, (match, name: string | undefined) => {
    if (name === undefined) return '${';
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) throw new Error(`expand a template: ${match} has no value here`);
    return value;
  });
}

/** The variables that a text uses, in order, repeated ones included. */
export function variablesOf(text: string): Variable[] {
  return [...text.matchAll(PATTERN)].flatMap(({ 1: name, index }) =>
    name === undefined ? [] : [{ name, index }],
  );
}

/** Whether a text has a `${` that is neither a variable nor escaped. */
export function hasBrokenVariable(text: string): boolean {
  return [...text.matchAll(BROKEN)].some(([match]) => match === '${');
}
