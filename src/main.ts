/** The front door: argv in, exit code out. Commands are loaded only when called, so that each starts at once. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
