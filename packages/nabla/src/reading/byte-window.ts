const NEWLINE = 10;
const END_MARK = 0x1a;
const FIRST_SIZE = 1 << 18;
const WORTH_SCANNING = 1 << 16;

/**
 * The part of a stream that is being scanned: what the last scan left and what came since. A newline follows it, so that
 * scans need not look for the end.
 */
export class ByteWindow {
  bytes = new Uint8Array(FIRST_SIZE);
  start = 0;
  end = 0;
  readonly #worth: number;
  #enough: number;

  /** Less than `worth` bytes are not worth a scan, unless the file ends. */
  constructor(worth = WORTH_SCANNING) {
    this.#worth = worth;
    this.#enough = worth;
  }

  /** Adds a chunk of the stream. */
  add(chunk: Uint8Array): void {
    const length = this.end - this.start;
    if (this.end + chunk.length + 1 > this.bytes.length) {
      if (length + chunk.length + 1 > this.bytes.length) {
        const larger = new Uint8Array(Math.max(2 * this.bytes.length, length + chunk.length + 1));
        larger.set(this.bytes.subarray(this.start, this.end));
        this.bytes = larger;
      } else this.bytes.copyWithin(0, this.start, this.end);
      this.start = 0;
      this.end = length;
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
    this.bytes[this.end] = NEWLINE;
  }

  /** Whether there is enough for a scan to be worth it. */
  get isReady(): boolean {
    return this.end - this.start >= this.#enough;
  }

  /** Takes away what was read, up to `position`; a record that was longer than the window is waited for. */
  advance(position: number): void {
    const left = this.end - position;
    this.#enough = position > this.start ? Math.max(this.#worth, left + 1) : 2 * left;
    this.start = position;
  }

  /** Takes away the mark by which DOS ends files. */
  dropEndMark(): void {
    if (this.end > this.start && this.bytes[this.end - 1] === END_MARK) this.bytes[--this.end] = NEWLINE;
  }
}
