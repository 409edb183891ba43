/**
 * Gives back to the system what a burst of work has left on the heap, which V8 keeps for the next one. It stops the program for
 * some 50 ms, so it is for a rest. Does nothing unless Node was started with `--expose-gc`.
 */
export function giveBackMemory(): void {
  globalThis.gc?.({ type: 'major', flavor: 'last-resort', execution: 'sync' });
}
