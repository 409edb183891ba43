/** Where the API server has what: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
import type { KubernetesObject, Resource } from './objects.ts';

/** A collection, or one object of it. */
export function pathOf(
  { group, version, plural, namespace }: Resource,
  name?: string,
  subresource?: string,
): string {
  const root = group === '' ? ['api', version] : ['apis', group, version];
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  const object = name === undefined ? [] : [name, ...(subresource === undefined ? [] : [subresource])];
  return `/${[...root, ...scope, plural, ...object].map(encodeURIComponent).join('/')}`;
}

export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** NAME, or NAMESPACE/NAME. */
export function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
