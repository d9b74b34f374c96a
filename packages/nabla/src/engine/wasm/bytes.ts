/** A growing array of bytes with the integer encodings of the WebAssembly binary format. */
export class Bytes {
  length = 0;
  #data: Uint8Array;

  constructor(capacity = 256) {
    this.#data = new Uint8Array(capacity);
  }

  /** Appends one byte. */
  push(byte: number): void {
    if (this.length === this.#data.length) this.#reserve(1);
    this.#data[this.length++] = byte;
  }

  /** Appends an unsigned 32-bit integer in LEB128: seven bits a byte, lowest first. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.push((rest & 127) | 128);
      rest >>>= 7;
    }
    this.push(rest);
  }

  /** Appends a signed 32-bit integer in LEB128. */
  signed(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.push((rest & 127) | 128);
      rest >>= 7;
    }
    this.push(rest & 127);
  }

  /** Appends a signed 64-bit integer in LEB128. */
  signedLong(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -64n || rest > 63n) {
      this.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.push(Number(rest & 127n));
  }

  /** Appends a 32-bit word, lowest byte first. */
  word(value: number): void {
    this.push(value & 255);
    this.push((value >>> 8) & 255);
    this.push((value >>> 16) & 255);
    this.push(value >>> 24);
  }

  /** Appends ASCII text with its length in front. */
  text(value: string): void {
    this.unsigned(value.length);
    for (let i = 0; i < value.length; i++) this.push(value.charCodeAt(i));
  }

  /** Appends all bytes of another array. */
  append(other: Bytes): void {
    if (this.length + other.length > this.#data.length) this.#reserve(other.length);
    this.#data.set(other.#data.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  /** The bytes written so far, copied to an array of their length. */
  toArray(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#data.subarray(0, this.length));
  }

  #reserve(more: number): void {
    const grown = new Uint8Array(Math.max(this.#data.length * 2, this.length + more));
    grown.set(this.#data);
    this.#data = grown;
  }
}
