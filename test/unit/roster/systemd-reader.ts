/**
 * Reads an environment file character by character, as the manual systemd.exec(5) describes it: the same question as
 * `readVariable` answers, by other means. A file in which a quote stays open gives undefined.
 */
export function readLikeSystemd(text: string): Map<string, string> | undefined {
  const variables = new Map<string, string>();
  let at = 0;
  const isEnd = () => at >= text.length || text[at] === '\n' || text[at] === '\r';
  const isBlank = () => text[at] === ' ' || text[at] === '\t';
  const take = () => text[at++] ?? '';

  function quoted(quote: string): string | undefined {
    let value = '';
    while (at < text.length) {
      const character = take();
      if (character === quote) return value;
      if (quote === '"' && character === '\\' && at < text.length) {
        const next = take();
        if (next !== '\n') value += '"\\`$'.includes(next) ? next : `\\${next}`;
      } else value += character;
    }
    return undefined;
  }

  function unquoted(): string {
    let value = '';
    let blanks = '';
    while (!isEnd()) {
      if (isBlank()) blanks += take();
      else {
        const character = take();
        const next = character === '\\' ? take() : character;
        value += blanks + (character === '\\' && (next === '\n' || next === '\r') ? '' : next);
        blanks = '';
      }
    }
    return value;
  }

  while (at < text.length) {
    if (isEnd() || isBlank()) {
      at += 1;
      continue;
    }
    let name = '';
    const comment = text[at] === '#' || text[at] === ';';
    const stop = comment ? '\n' : '=';
    while (!isEnd() && (text[at] !== stop || name === '')) name += take();
    if (comment || isEnd()) continue;
    at += 1;
    let value = '';
    for (;;) {
      while (isBlank()) at += 1;
      if (text[at] !== '"' && text[at] !== "'") break;
      const part = quoted(take());
      if (part === undefined) return undefined;
      value += part;
    }
    variables.set(name.replace(/[ \t]+$/, ''), value + unquoted());
  }
  return variables;
}
