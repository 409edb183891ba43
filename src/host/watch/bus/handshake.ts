/** How a client of D-Bus says who it is: the D-Bus specification, "Authentication Protocol". */

/** Whoever is connected is known to the other end; all that is sent is that this is to be used. */
export function greeting(uid: number): string {
  return `\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\nBEGIN\r\n`;
}

/** Bytes. The answer is `OK` and 32 digits. */
const LONGEST_ANSWER = 256;

/** The answer to the greeting as it arrives; what comes after it belongs to the messages. */
export class Answer {
  #kept: Buffer = Buffer.alloc(0);

  /**
   * What came after the answer; undefined while it is not complete.
   * @throws Error when it is a refusal
   */
  push(piece: Buffer): Buffer | undefined {
    this.#kept = Buffer.concat([this.#kept, piece]);
    const end = this.#kept.indexOf('\r\n');
    if (end === -1 && this.#kept.length <= LONGEST_ANSWER) return undefined;
    if (!/^OK [0-9a-f]{32}\r\n/.test(this.#kept.toString('latin1', 0, LONGEST_ANSWER)))
      throw new Error('authenticate: the other end did not say OK');
    return this.#kept.subarray(end + 2);
  }
}
