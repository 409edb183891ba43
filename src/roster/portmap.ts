/** The ports given before, as one JSON object of account to port. */

/**
 * A number that is no plain integer stays as it was written, so that it is refused with what the file says, and `1e3`
 * or `3773.0` pass for no port.
 * @throws SyntaxError if the text is no JSON object
 */
export function parsePortMap(text: string): ReadonlyMap<string, unknown> {
  const document: unknown = JSON.parse(
    text,
    (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && context?.source !== String(value) ? context?.source : value,
  );
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new SyntaxError('read ports: not a JSON object of account to port: correct the file');
  }
  return new Map(Object.entries(document));
}
