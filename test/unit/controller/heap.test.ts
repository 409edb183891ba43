import * as fc from '../../property.ts';
import { Heap } from '../../../src/controller/heap.ts';
import type { Timed } from '../../../src/controller/heap.ts';

it('has the earliest of its members first, whichever are put in or taken out, and by order where times are equal', () => {
  const at = fc.integer({ min: 0, max: 50 });
  const steps = fc.array(fc.record({ at, removeNth: fc.option(fc.nat(), { freq: 3 }) }), {
    minLength: 20,
    maxLength: 80,
  });
  const check = (steps: { at: number; removeNth: number | null }[]): void => {
    const heap = new Heap<Timed>();
    const members: Timed[] = [];
    const expectEarliest = (): void => {
      const [earliest] = members.toSorted((a, b) => a.at - b.at || a.order - b.order);
      if (heap.first !== earliest) expect(heap.first).toBe(earliest);
    };
    const remove = (index: number): void => {
      for (const member of members.splice(index, 1)) heap.remove(member);
      expectEarliest();
    };
    steps.forEach(({ at, removeNth }, order) => {
      const member = { at, order, index: 0 };
      members.push(member);
      heap.push(member);
      expectEarliest();
      if (removeNth !== null) remove(removeNth % members.length);
    });
    while (heap.first !== undefined) remove(members.indexOf(heap.first));
    expect(members).toEqual([]);
  };
  fc.assert(fc.property(steps, check), { numRuns: 200 });
});
