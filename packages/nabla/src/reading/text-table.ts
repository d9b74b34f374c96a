import { hashBytes, textOfBytes } from "./byte-text.ts";

const FIRST_SLOTS = 16;
const FIRST_BLOCK = 256;
const LARGEST_BLOCK = 1 << 20;

/**
 * The different texts of a column, each kept once, as bytes: a string is made only when someone asks. Open addressing by the
 * hash of the bytes; the bytes lie in blocks, so that millions of long texts are never copied.
 */
export class TextTable {
  size = 0;
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);
  #blockOf = new Int32Array(FIRST_SLOTS);
  #starts = new Int32Array(FIRST_SLOTS);
  #lengths = new Int32Array(FIRST_SLOTS);
  readonly #blocks: Uint8Array[] = [];
  #used = 0;

  /** The index of the text in this range of bytes, whose hash is `hash`; a new one is `size` before the call. */
  intern(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const index = (slots[slot] as number) - 1;
      if (index < 0) return this.#add(bytes, start, end, hash, slot);
      if (this.#hashes[index] === hash && this.equals(index, bytes, start, end)) return index;
      slot = (slot + 1) & mask;
    }
  }

  /** The first byte of the first text. */
  get firstByte(): number | undefined {
    return this.#blocks[0]?.[0];
  }

  /** The index of a text that is given as a string. */
  internText(text: string): number {
    const bytes = bytesOfText(text);
    return this.intern(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length));
  }

  text(index: number): string {
    const start = this.#starts[index] as number;
    return textOfBytes(
      this.#blocks[this.#blockOf[index] as number] as Uint8Array,
      start,
      start + (this.#lengths[index] as number),
    );
  }

  /** Whether a text is the one in this range of bytes. */
  equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (this.#lengths[index] !== length) return false;
    const block = this.#blocks[this.#blockOf[index] as number] as Uint8Array;
    const own = this.#starts[index] as number;
    for (let i = 0; i < length; i++) if (block[own + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const index = this.size++;
    if (index === this.#hashes.length) this.#grow();
    const length = end - start;
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#used + length > block.length) {
      const size = Math.min(LARGEST_BLOCK, block === undefined ? FIRST_BLOCK : block.length * 4);
      block = new Uint8Array(Math.max(size, length));
      this.#blocks.push(block);
      this.#used = 0;
    }
    for (let i = 0; i < length; i++) block[this.#used + i] = bytes[start + i] as number;
    this.#hashes[index] = hash;
    this.#blockOf[index] = this.#blocks.length - 1;
    this.#starts[index] = this.#used;
    this.#lengths[index] = length;
    this.#used += length;
    this.#slots[slot] = index + 1;
    if (this.size * 2 > this.#slots.length) this.#spread();
    return index;
  }

  #grow(): void {
    const grown = (values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(values.length * 2);
      larger.set(values);
      return larger;
    };
    this.#hashes = grown(this.#hashes);
    this.#blockOf = grown(this.#blockOf);
    this.#starts = grown(this.#starts);
    this.#lengths = grown(this.#lengths);
  }

  #spread(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      const hash = this.#hashes[index] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

/** A text as UTF-8. A surrogate without its other half becomes U+FFFD. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point < 0x80) {
      bytes[length++] = point;
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) {
      point = text.codePointAt(i) ?? 0;
      if (point <= 0xffff) point = 0xfffd;
      else i++;
    }
    if (point < 0x800) bytes[length++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[length++] = 0xe0 | (point >> 12);
      else {
        bytes[length++] = 0xf0 | (point >> 18);
        bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
      }
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[length++] = 0x80 | (point & 0x3f);
  }
  return bytes.slice(0, length);
}
