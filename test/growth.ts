/**
 * How many times as long work takes on four times the length: 4 where it grows with the length, 16 where with its square.
 * Processor time, the least of three runs each.
 * @param prepare makes work of a length; is not measured
 */
export function growth(length: number, prepare: (length: number) => () => void): number {
  const cost = (length: number) => {
    const work = prepare(length);
    const runs = Array.from({ length: 3 }, () => {
      const before = process.cpuUsage();
      work();
      return process.cpuUsage(before).user;
    });
    return Math.min(...runs);
  };
  return cost(4 * length) / cost(length);
}
