import * as fc from '../../../property.ts';
import { Decoder, encode } from '../../../../src/host/home/protocol.ts';
import type { Response } from '../../../../src/host/home/protocol.ts';

it('decodes what was encoded, however the bytes are cut', () => {
  const texts = fc.array(fc.string({ unit: fc.character, maxLength: 50 }), { maxLength: 8 });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(400)), (messages, cuts) => {
      const responses = messages.map((message): Response => ({ kind: 'fault', message }));
      const bytes = Buffer.concat(responses.map(encode));
      const ends = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
        (a, b) => a - b,
      );
      const decoder = new Decoder<Response>();
      const pieces = ends.slice(1).map((end, i) => bytes.subarray(ends[i], end));
      expect(pieces.flatMap((piece) => decoder.push(piece))).toEqual(responses);
    }),
  );
});

it('gives a message as soon as its last byte is there, and not before', () => {
  const bytes = encode({ kind: 'ready' });
  const decoder = new Decoder<Response>();
  expect(decoder.push(bytes.subarray(0, -1))).toEqual([]);
  expect(decoder.push(bytes.subarray(-1))).toEqual([{ kind: 'ready' }]);
});
