import { Crowd } from '../../../src/reconcile/crowd.ts';

it('a batch goes off when the last one arrives, and again for those who set out anew', () => {
  let batches = 0;
  const crowd = new Crowd(() => (batches += 1));
  for (const _ of ['ann', 'emo', 'kim']) crowd.setOut();
  crowd.arrive();
  crowd.arrive();
  expect(batches).toBe(0);
  crowd.arrive();
  expect(batches).toBe(1);
  crowd.setOut();
  crowd.setOut();
  crowd.arrive();
  expect(batches).toBe(1);
  crowd.arrive();
  expect(batches).toBe(2);
});
