/** Files whose columns stand between runs of blanks, as programs of old print them: turned into tabs, so that they are read like all others. */

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;

/** Turns each run of blanks outside quotes into one tab, and leaves out those at the start and the end of a line. */
export class BlankRuns {
  #isStart = true;
  #isPending = false;
  #isQuoted = false;

  /** The next bytes; what is pending at their end follows with the next call. */
  replace(bytes: Uint8Array): Uint8Array {
    const replaced = new Uint8Array(bytes.length + 1);
    let length = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.#isQuoted) {
        replaced[length++] = byte;
        this.#isQuoted = byte !== QUOTE;
      } else if (byte === SPACE || byte === TAB) this.#isPending = !this.#isStart;
      else if (byte === NEWLINE || byte === RETURN) {
        replaced[length++] = byte;
        this.#isStart = true;
        this.#isPending = false;
      } else {
        if (this.#isPending) replaced[length++] = TAB;
        this.#isQuoted = byte === QUOTE && (this.#isPending || this.#isStart);
        this.#isPending = this.#isStart = false;
        replaced[length++] = byte;
      }
    }
    return replaced.subarray(0, length);
  }
}

/** A stream with tabs in place of runs of blanks. */
export async function* withoutBlankRuns(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const runs = new BlankRuns();
  for await (const chunk of chunks) yield runs.replace(chunk);
}
