/** Objects as `kubectl get` prints them, whatever their kind. */
import { printStructured, type Structure } from './structured.ts';
import { printTable, type Column } from './table.ts';

/** What `-o` asks for; `table` is without it. */
export type OutputFormat = 'table' | 'wide' | 'name' | Structure;

export interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export interface ResourceView<Row extends Resource> {
  /** In lower case, with its group: what `-o name` puts before the slash. */
  readonly resource: string;
  readonly columns: readonly Column<Row>[];
  readonly format: OutputFormat;
  /** Whether exactly one was asked for by its name: structured output is then the object, not a List. */
  readonly single: boolean;
}

/** What goes to standard output and what to standard error; each empty or ended by a newline. */
export interface Printed {
  readonly out: string;
  readonly err: string;
}

export function printResources<Row extends Resource>(
  objects: readonly Row[],
  view: ResourceView<Row>,
): Printed {
  const rows = objects.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const { format } = view;
  if (format === 'json' || format === 'yaml') {
    return {
      out: printStructured(view.single && rows.length === 1 ? rows[0] : asList(rows), format),
      err: '',
    };
  }
  if (rows.length === 0) return { out: '', err: format === 'name' ? '' : 'No resources found\n' };
  if (format === 'name') {
    return { out: rows.map(({ metadata }) => `${view.resource}/${metadata.name}\n`).join(''), err: '' };
  }
  const columns = view.columns.filter(({ wide }) => format === 'wide' || wide !== true);
  return { out: printTable(columns, rows), err: '' };
}

function asList(items: readonly Resource[]): unknown {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}
