/** The front door: argv in, exit code out. Commands are loaded only when called, so that each starts at once. */
const argv = process.argv.slice(2);

if (argv.length === 1 && argv[0] === 'version') {
  // Scripts ask for it at every turn: it needs no command tree.
  const { VERSION } = await import('./cli/version.ts');
  process.stdout.write(`${VERSION}\n`);
} else {
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(argv);
}
