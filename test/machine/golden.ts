/** The golden results: what the program before brought the site's machine to. */
import { readFile, readdir } from 'node:fs/promises';

export const PEOPLE = ['anca', 'carol', 'dan', 'emo', 'wizard'];

const GOLDEN = new URL('../golden/', import.meta.url);

export async function golden(name: string): Promise<Record<string, string>> {
  const files = await readdir(new URL(`${name}/`, GOLDEN));
  const texts = files.map(
    async (file) => [file, await readFile(new URL(`${name}/${file}`, GOLDEN), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(texts));
}
