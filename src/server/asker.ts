/** Who asks, as far as the way in tells: the kernel lets nobody connect to a socket that is not theirs. */
export type Asker =
  /** Through root's own socket: everything. */
  | { readonly kind: 'administrator' }
  /** Through a person's own socket: about themself. `name` is their metadata.name. */
  | { readonly kind: 'person'; readonly name: string }
  /** Through a port for the status page: everything there is to read. */
  | { readonly kind: 'page' }
  /** Through a port for metrics and health. */
  | { readonly kind: 'probe' };
