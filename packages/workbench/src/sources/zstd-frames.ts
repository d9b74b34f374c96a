/**
 * The frames of Zstandard (RFC 8878), one chunk never holding bytes of two: Node's decompressor ends with the frame that a
 * chunk holds the end of, and would leave out all that follows without a word.
 */

/** Why bytes are no Zstandard. `early` where they end before the data does. */
export class ZstdFault extends Error {
  readonly early: boolean;

  constructor(message: string, early = false) {
    super(message);
    this.early = early;
  }
}

const CHUNK_BYTES = 1 << 18;
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const LAST_BLOCK_BYTES = 3;
const RUN = 1;
const RESERVED = 3;

/** The same bytes, in chunks that end where a frame does; frames to skip are left out. Throws ZstdFault. */
export async function* zstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new Chunks(source);
  try {
    for (let frames = 0; ; frames++) {
      const magic = await input.peek(4);
      if (magic.length === 0 && frames > 0) return;
      if (magic.length < 4) throw new ZstdFault("it ends early", true);
      const word = magic.readUInt32LE();
      if ((word & 0xfffffff0) >>> 0 === SKIPPABLE) {
        const size = (await input.take(8)).readUInt32LE(4);
        for await (const _ of input.pass(size));
      } else if (word === MAGIC) yield* gathered(frame(input));
      else if (frames > 0 && (await input.onlyZerosLeft())) return;
      else
        throw new ZstdFault(
          frames === 0 ? "it does not begin as Zstandard does" : "what follows its end is not Zstandard",
        );
    }
  } finally {
    await input.close();
  }
}

/** The same bytes in fewer chunks: each costs a way to another thread. */
async function* gathered(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source) {
    pieces.push(piece);
    length += piece.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(pieces);
    [pieces, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(pieces);
}

async function* frame(input: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  const head = (await input.peek(5))[4] ?? 0;
  const single = (head & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][head & 3] ?? 0;
  const content = [single ? 1 : 0, 2, 4, 8][head >>> 6] ?? 0;
  if (dictionary > 0) throw new ZstdFault("it was compressed with a dictionary");
  yield await input.take(5 + (single ? 0 : 1) + content);
  for (let last = false; !last; ) {
    const block = await input.take(LAST_BLOCK_BYTES);
    const bits = block.readUIntLE(0, 3);
    const type = (bits >>> 1) & 3;
    if (type === RESERVED) throw new ZstdFault("a block is of no known kind");
    last = (bits & 1) === 1;
    yield block;
    yield* input.pass(type === RUN ? 1 : bits >>> 3);
  }
  if ((head & 4) !== 0) yield await input.take(4);
}

/** Bytes that come in chunks, taken in pieces of a stated length. */
class Chunks {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done === true) return false;
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.length);
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    return true;
  }

  /** So many bytes, or fewer where they end before. */
  async peek(length: number): Promise<Buffer> {
    while (this.#rest.length < length && (await this.#more()));
    return this.#rest.subarray(0, length);
  }

  async take(length: number): Promise<Buffer> {
    const taken = await this.peek(length);
    if (taken.length < length) throw new ZstdFault("it ends early", true);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  /** So many bytes as they come. */
  async *pass(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new ZstdFault("it ends early", true);
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async onlyZerosLeft(): Promise<boolean> {
    do {
      if (this.#rest.some((byte) => byte !== 0)) return false;
      this.#rest = Buffer.alloc(0);
    } while (await this.#more());
    return true;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
