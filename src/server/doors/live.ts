import { connect } from 'node:net';

/** Whether somebody listens at this socket; one that a killed process left behind refuses. */
export function isLive(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTSOCK')
        resolve(false);
      // Its queue is full: somebody has it.
      else if (error.code === 'EAGAIN') resolve(true);
      else reject(new Error(`look whether an agent listens at ${path}: ${error.message}`, { cause: error }));
    });
  });
}
