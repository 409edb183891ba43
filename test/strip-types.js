import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

const ownText = readFileSync(new URL(import.meta.url));

/** A jest transformer that removes types the way Node itself does, so tests run the source as Node would. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source) =>
    createHash('sha256').update(ownText).update(process.version).update(source).digest('hex'),
};
