/** Names of units as systemd puts them into the paths of bus objects: sd_bus_path_encode(3). */

const UNITS = '/org/freedesktop/systemd1/unit/';

/** Undefined for the path of anything else. */
export function unitOfPath(path: string): string | undefined {
  if (!path.startsWith(UNITS)) return undefined;
  const label = path.slice(UNITS.length);
  if (label === '_') return '';
  if (!/^(?:[A-Za-z0-9]|_[0-9a-f]{2})+$/.test(label)) return undefined;
  const bytes = label.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

export function pathOfUnit(unit: string): string {
  const bytes = [...Buffer.from(unit)].map((byte, index) => {
    const character = String.fromCharCode(byte);
    const isPlain = /[A-Za-z]/.test(character) || (index > 0 && /[0-9]/.test(character));
    return isPlain ? character : `_${byte.toString(16).padStart(2, '0')}`;
  });
  return `${UNITS}${bytes.length === 0 ? '_' : bytes.join('')}`;
}
