/** Where a control plane runs, as a network knows it: beside this process, or in a network of its own. */
export interface Place {
  /** Goes before an argv that is to run there. */
  readonly enter: readonly string[];
  /** The API server's options that say where it listens there. */
  readonly listening: readonly string[];
  /** The API server's port there. Default: a free one. */
  readonly port?: number;
  /** What this process calls it; the API server's certificate holds that name. */
  readonly host: string;
  /** Makes a port of the loopback there reachable from this process. */
  open(port: number): Promise<Door>;
}

export interface Door {
  /** Port of this process's 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

export const HERE: Place = {
  enter: [],
  listening: ['--bind-address=127.0.0.1'],
  host: '127.0.0.1',
  open: async (port) => ({ port, close: async () => undefined }),
};
