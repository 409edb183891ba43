import { createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc, { character } from '../../../property.ts';
import { UnitEvents } from '../../../../src/host/watch/bus/events.ts';
import { Answer, greeting } from '../../../../src/host/watch/bus/handshake.ts';
import { type Header, Messages } from '../../../../src/host/watch/bus/message.ts';
import type { SetTimer } from '../../../../src/host/watch/timer.ts';
import { pathOfUnit, unitOfPath } from '../../../../src/host/watch/bus/unit.ts';
import { until } from './stage.ts';

interface Sample {
  readonly type: Header['type'];
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly serial?: number;
  readonly body: number;
  readonly isLittle: boolean;
}

/** A message as the D-Bus specification has it; its body is `body` bytes of nothing that could be read. */
function printMessage({ type, path, interface: name, member, serial, body, isLittle }: Sample): Buffer {
  const bytes: number[] = [];
  const align = (to: number) => {
    while (bytes.length % to !== 0) bytes.push(0);
  };
  const number = (value: number) => {
    const four = Buffer.alloc(4);
    if (isLittle) four.writeUInt32LE(value);
    else four.writeUInt32BE(value);
    return [...four];
  };
  bytes.push(isLittle ? 0x6c : 0x42, ['', 'call', 'return', 'error', 'signal'].indexOf(type), 0, 1);
  bytes.push(...number(body), ...number(7), 0, 0, 0, 0);
  const field = (code: number, signature: string, value: string | number | undefined) => {
    if (value === undefined) return;
    align(8);
    bytes.push(code, 1, signature.charCodeAt(0), 0);
    if (signature === 'g') return bytes.push(String(value).length, ...Buffer.from(String(value)), 0);
    align(4);
    if (typeof value === 'number') return bytes.push(...number(value));
    const text = Buffer.from(value);
    return bytes.push(...number(text.length), ...text, 0);
  };
  field(8, 'g', 'sa{sv}as');
  field(5, 'u', serial);
  field(1, 'o', path);
  field(2, 's', name);
  field(3, 's', member);
  bytes.splice(12, 4, ...number(bytes.length - 16));
  align(8);
  return Buffer.concat([Buffer.from(bytes), Buffer.alloc(body, 0x6c)]);
}

const text = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 });
const sample: fc.Arbitrary<Sample> = fc.record(
  {
    type: fc.constantFrom('call', 'return', 'error', 'signal'),
    path: text,
    interface: text,
    member: text,
    serial: fc.nat(),
    body: fc.nat(300),
    isLittle: fc.boolean(),
  },
  { requiredKeys: ['type', 'body', 'isLittle'] },
);

/** The bytes in pieces of these lengths, over and over. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 0)
    pieces.push(bytes.subarray(at, at + (lengths[pieces.length % lengths.length] ?? 1)));
  return pieces;
}

const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });

describe('messages of the bus', () => {
  it('are read as they were printed, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 5 }), lengths, (samples, lengths) => {
        const messages = new Messages();
        const bytes = Buffer.concat(samples.map(printMessage));
        const headers = cut(bytes, lengths).flatMap((piece) => messages.push(piece));
        expect(headers).toEqual(
          samples.map(({ type, path, interface: name, member }) => ({ type, path, interface: name, member })),
        );
      }),
    );
  });

  it('of any bytes give headers or one error, and never hang', () => {
    const change = fc.tuple(fc.nat(2 ** 16), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1 }),
        fc.array(change),
        lengths,
        (samples, changes, lengths) => {
          const bytes = Buffer.concat(samples.map(printMessage));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const messages = new Messages();
          try {
            for (const piece of cut(bytes, lengths)) messages.push(piece);
          } catch (error) {
            expect((error as Error).message).toMatch(/^read a message of the bus: found /);
          }
        },
      ),
    );
  });

  it.each([
    ['a header', 12],
    ['a body', 4],
  ])('that announce too large %s are refused before it comes', (_, at) => {
    const bytes = printMessage({ type: 'signal', body: 0, isLittle: true });
    bytes.writeUInt32LE(2 ** 31, at);
    expect(() => new Messages().push(bytes)).toThrow('read a message of the bus: found ');
  });
});

describe('fields of a header', () => {
  const bytes = () =>
    printMessage({ type: 'signal', path: '/a', member: 'Changed', body: 0, isLittle: true });

  it.each<readonly [string, (message: Buffer) => void]>([
    ['ends without its NUL', (message) => message.fill(0x78, message.indexOf('Changed') + 7)],
    ['is longer than the header', (message) => message.writeUInt32LE(900, message.indexOf('Changed') - 4)],
    ['has a type that no field has', (message) => message.write('v', message.indexOf('Changed') - 6)],
  ])('are read up to the one that %s', (_, harm) => {
    const message = bytes();
    harm(message);
    const nothing = { interface: undefined, member: undefined };
    expect(new Messages().push(message)).toEqual([{ type: 'signal', path: '/a', ...nothing }]);
  });
});

describe('names of units in paths', () => {
  it.each([
    ['t3-serve@ada.service', '/org/freedesktop/systemd1/unit/t3_2dserve_40ada_2eservice'],
    ['0.mount', '/org/freedesktop/systemd1/unit/_30_2emount'],
    ['dev-\\xc3.device', '/org/freedesktop/systemd1/unit/dev_2d_5cxc3_2edevice'],
  ])('%s stands as %s', (unit, path) => {
    expect(pathOfUnit(unit)).toBe(path);
    expect(unitOfPath(path)).toBe(unit);
  });

  it('are read as they were printed', () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), (unit) => {
        expect(unitOfPath(pathOfUnit(unit))).toBe(unit);
      }),
    );
  });

  it.each([
    '/org/freedesktop/systemd1',
    '/org/freedesktop/systemd1/unit/a-b',
    '/org/freedesktop/systemd1/unit/_4',
  ])('do not stand in %s', (path) => expect(unitOfPath(path)).toBeUndefined());
});

describe('the greeting', () => {
  it('says who it is that connects', () => expect(greeting(0)).toBe('\0AUTH EXTERNAL 30\r\nBEGIN\r\n'));

  it('is answered in pieces, and what follows is not lost', () => {
    const answer = new Answer();
    expect(answer.push(Buffer.from(`OK ${'0a'.repeat(8)}`))).toBeUndefined();
    expect(answer.push(Buffer.from(`${'0a'.repeat(8)}\r\nl`))?.toString()).toBe('l');
  });

  it.each(['REJECTED EXTERNAL\r\n', 'OK\r\n', 'x'.repeat(300)])('is refused with %s', (text) => {
    expect(() => new Answer().push(Buffer.from(text))).toThrow('authenticate: the other end did not say OK');
  });
});

/** A fake of systemd's end, since the real one does not refuse, break off or send rubbish on demand. */
describe('the connection to systemd', () => {
  const OK = `OK ${'0a'.repeat(16)}\r\n`;
  const told = (unit: string) =>
    printMessage({
      type: 'signal',
      path: pathOfUnit(unit),
      interface: 'org.freedesktop.DBus.Properties',
      member: 'PropertiesChanged',
      body: 40,
      isLittle: true,
    });
  let folder: string;
  let server: Server;
  let peers: Socket[];
  let said: string[];
  let events: UnitEvents | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bus-'));
    peers = [];
    said = [];
    server = createServer((peer) => peers.push(peer.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(join(folder, 'private'), resolve));
  });
  afterEach(async () => {
    await events?.close();
    for (const peer of peers) peer.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  function listen(
    setTimer: SetTimer = (fn) => {
      const timeout = setTimeout(fn, 1);
      return () => clearTimeout(timeout);
    },
  ): void {
    events = new UnitEvents({
      socket: join(folder, 'private'),
      uid: 0,
      setTimer,
      onUnit: (unit) => said.push(unit),
      onGap: () => said.push('gap'),
      onTrouble: (message) => said.push(message.replace(folder, '')),
    });
  }
  const says = (...wanted: string[]) =>
    until(
      () => JSON.stringify(said) === JSON.stringify(wanted),
      () => said.join(),
    );
  const comes = (count: number) =>
    until(
      () => peers.length === count,
      () => `${peers.length} connections`,
    );

  it('tells of units that change, and of nothing else that is sent', async () => {
    listen();
    await comes(1);
    const other = printMessage({
      type: 'signal',
      path: '/x',
      interface: 'a.b',
      member: 'C',
      body: 9,
      isLittle: false,
    });
    peers[0]?.write(Buffer.concat([Buffer.from(OK), other, told('a.service'), told('b@c.timer')]));
    await says('a.service', 'b@c.timer');
  });

  it.each([
    ['ends', (peer: Socket) => peer.end()],
    ['is broken off', (peer: Socket) => peer.destroy()],
    ['says what cannot be understood', (peer: Socket) => peer.write('?'.repeat(64))],
  ])('that %s is made again, and a gap is told', async (_, harm) => {
    listen();
    await comes(1);
    peers[0]?.write(Buffer.concat([Buffer.from(OK), told('a.service')]));
    await says('a.service');
    if (peers[0]) harm(peers[0]);
    await comes(2);
    peers[1]?.write(Buffer.concat([Buffer.from(OK), told('b.service')]));
    await says('a.service', 'gap', 'b.service');
  });

  it('that is refused again and again is tried less and less often, and its trouble told', async () => {
    const delays: number[] = [];
    let next: (() => void) | undefined;
    listen((fn, ms) => {
      delays.push(ms);
      next = fn;
      return () => undefined;
    });
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      await comes(attempt);
      peers[attempt - 1]?.write('REJECTED\r\n');
      await until(
        () => delays.length === attempt,
        () => 'the next attempt',
      );
      next?.();
    }
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    expect(new Set(said)).toEqual(
      new Set(['listen to systemd at /private: authenticate: the other end did not say OK']),
    );
  });
});
