/**
 * Runs in a network of its own, and hands what connects to a listening socket of the outer one on to a port of the
 * loopback here. Ends with the process that started it.
 */
import { connect, createServer } from 'node:net';

const port = Number(process.argv[2]);

process.on('message', (_, handle) => {
  createServer({ allowHalfOpen: true }, relay).listen(handle);
  process.send?.('listening');
});
process.on('disconnect', () => process.exit());

function relay(outside) {
  const inside = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  outside.pipe(inside).pipe(outside);
  outside.on('error', () => inside.destroy());
  inside.on('error', () => outside.destroy());
}
