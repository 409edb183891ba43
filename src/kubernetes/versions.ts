/** Resource versions: whole numbers that a server's history only ever raises (comparable since Kubernetes 1.35). */

/** Whether `a` is of an earlier moment than `b`. Of versions that are no numbers nothing is known: false. */
export function isOlder(a: string | undefined, b: string | undefined): boolean {
  if (!isNumber(a) || !isNumber(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

function isNumber(version: string | undefined): version is string {
  return version !== undefined && /^[1-9]\d*$/.test(version);
}
