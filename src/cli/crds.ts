import { printCustomResourceDefinitions } from '../api/crd/index.ts';
import type { Io } from './io.ts';

export function crds(io: Io, { portColumns = '' }: { readonly portColumns?: string }): void {
  const services = portColumns.split(',').filter((name) => name !== '');
  io.out(printCustomResourceDefinitions({ portColumns: services }));
}
