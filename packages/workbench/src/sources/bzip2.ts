/**
 * bzip2, decompressed block by block: Huffman codes, move to front, the Burrows-Wheeler transform and runs, each undone.
 * The format has no specification but its program; "bzip2 Format Specification" by J. Tsai (2016) describes it.
 */

/** Why bytes are no bzip2. `early` where they end before the data does. */
export class Bzip2Fault extends Error {
  readonly early: boolean;

  constructor(message: string, early = false) {
    super(message);
    this.early = early;
  }
}

// The most bytes of a compressed block: 900,000 symbols of at most 20 bits, and its tables
const LARGEST_BLOCK = 2_400_000;
const OUTPUT_BYTES = 1 << 18;
const LONGEST_CODE = 20;
const GROUP = 50;

/** The content of one or several bzip2 streams that follow each other. Throws Bzip2Fault. */
export async function* bunzip2(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new Bits(source);
  try {
    for (let streams = 0; ; streams++) {
      await input.fill(LARGEST_BLOCK);
      if (streams > 0 && input.onlyZerosLeft()) return;
      yield* stream(input, streams);
    }
  } finally {
    await input.close();
  }
}

async function* stream(input: Bits, before: number): AsyncGenerator<Uint8Array, void, undefined> {
  if (input.read(24) !== 0x425a68)
    throw new Bzip2Fault(before === 0 ? "it does not begin as bzip2 does" : "what follows its end is not bzip2");
  const level = input.read(8) - 0x30;
  if (level < 1 || level > 9) throw new Bzip2Fault("its block size is not one of 1 to 9");
  const chain = new Uint32Array(level * 100_000);
  let combined = 0;
  for (;;) {
    await input.fill(LARGEST_BLOCK);
    const magic = [input.read(24), input.read(24)];
    const expected = ((input.read(16) << 16) | input.read(16)) >>> 0;
    if (magic[0] === 0x177245 && magic[1] === 0x385090) {
      if (combined !== expected) throw new Bzip2Fault("its checksum does not fit");
      input.align();
      return;
    }
    if (magic[0] !== 0x314159 || magic[1] !== 0x265359) throw new Bzip2Fault("a block does not begin as it should");
    const block = readBlock(input, chain);
    const sum = { crc: 0xffffffff };
    yield* expand(block, sum);
    const found = ~sum.crc >>> 0;
    if (found !== expected) throw new Bzip2Fault("the checksum of a block does not fit");
    combined = (((combined << 1) | (combined >>> 31)) ^ found) >>> 0;
  }
}

/** The symbols of a block, and where the first one stands in them. */
interface Block {
  /** Low 8 bits the byte, the others the position of the next. */
  readonly chain: Uint32Array;
  readonly length: number;
  readonly origin: number;
}

/** Reads a block into memory that the one before has left. */
function readBlock(input: Bits, chain: Uint32Array): Block {
  const size = chain.length;
  if (input.read(1) === 1) throw new Bzip2Fault("it is of a version before 0.9.5");
  const origin = input.read(24);
  const bytes = usedBytes(input);
  const symbols = bytes.length + 2;
  const { selectors, tables } = readTables(input, symbols);
  const counts = new Uint32Array(256);
  const order = Uint8Array.from(bytes);
  const end = symbols - 1;
  let [length, run, place, group, left] = [0, 0, 1, 0, 0];
  let table = tables[0];
  for (;;) {
    if (left === 0) {
      table = tables[selectors[group++] ?? -1];
      left = GROUP;
    }
    if (table === undefined) throw new Bzip2Fault("a block has more symbols than it says");
    left -= 1;
    const symbol = readSymbol(input, table);
    if (symbol < 2) {
      run += place << symbol;
      place <<= 1;
      if (run > size) throw new Bzip2Fault("a block is longer than it may be");
      continue;
    }
    if (run > 0) {
      const byte = order[0] ?? 0;
      if (length + run > size) throw new Bzip2Fault("a block is longer than it may be");
      chain.fill(byte, length, length + run);
      counts[byte] = (counts[byte] ?? 0) + run;
      length += run;
      [run, place] = [0, 1];
    }
    if (symbol === end) break;
    if (length >= size) throw new Bzip2Fault("a block is longer than it may be");
    const byte = order[symbol - 1] ?? 0;
    order.copyWithin(1, 0, symbol - 1);
    order[0] = byte;
    chain[length++] = byte;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  if (origin >= length) throw new Bzip2Fault("a block begins outside itself");
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const many = counts[byte] ?? 0;
    counts[byte] = sum;
    sum += many;
  }
  for (let i = 0; i < length; i++) {
    const byte = (chain[i] ?? 0) & 0xff;
    const at = counts[byte] ?? 0;
    counts[byte] = at + 1;
    chain[at] = (chain[at] ?? 0) | (i << 8);
  }
  return { chain, length, origin };
}

function usedBytes(input: Bits): readonly number[] {
  const used: number[] = [];
  const rows = input.read(16);
  for (let row = 0; row < 16; row++) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const cells = input.read(16);
    for (let cell = 0; cell < 16; cell++) if ((cells & (0x8000 >> cell)) !== 0) used.push(16 * row + cell);
  }
  if (used.length === 0) throw new Bzip2Fault("a block uses no bytes");
  return used;
}

/** Canonical Huffman codes: for each length the last code and what to subtract to find its symbol. */
interface CodeTable {
  readonly shortest: number;
  readonly last: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: Uint16Array;
}

function readTables(input: Bits, symbols: number): { selectors: Uint8Array; tables: readonly CodeTable[] } {
  const groups = input.read(3);
  if (groups < 2 || groups > 6) throw new Bzip2Fault("it has no number of code tables from 2 to 6");
  const selectors = new Uint8Array(input.read(15));
  const order = [0, 1, 2, 3, 4, 5];
  for (let i = 0; i < selectors.length; i++) {
    let at = 0;
    while (input.read(1) === 1) if (++at >= groups) throw new Bzip2Fault("it names a code table that is not there");
    const [table = 0] = order.splice(at, 1);
    order.unshift(table);
    selectors[i] = table;
  }
  const tables = Array.from({ length: groups }, () => {
    const lengths = new Uint8Array(symbols);
    let length = input.read(5);
    for (let symbol = 0; symbol < symbols; symbol++) {
      for (;;) {
        if (length < 1 || length > LONGEST_CODE) throw new Bzip2Fault("a code is longer than it may be");
        if (input.read(1) === 0) break;
        length += input.read(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
    }
    return codeTable(lengths);
  });
  return { selectors, tables };
}

function codeTable(lengths: Uint8Array): CodeTable {
  const counts = new Int32Array(LONGEST_CODE + 2);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const last = new Int32Array(LONGEST_CODE + 1).fill(-1);
  const offset = new Int32Array(LONGEST_CODE + 1);
  const starts = new Int32Array(LONGEST_CODE + 2);
  let [code, before] = [0, 0];
  for (let length = 1; length <= LONGEST_CODE; length++) {
    const many = counts[length] ?? 0;
    starts[length] = before;
    offset[length] = code - before;
    if (many > 0) last[length] = code + many - 1;
    code = (code + many) << 1;
    before += many;
  }
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    const at = starts[length] ?? 0;
    starts[length] = at + 1;
    symbols[at] = symbol;
  }
  return { shortest: counts.findIndex((many) => many > 0), last, offset, symbols };
}

function readSymbol(input: Bits, { shortest, last, offset, symbols }: CodeTable): number {
  let code = input.read(shortest);
  for (let length = shortest; length <= LONGEST_CODE; length++) {
    if (code <= (last[length] ?? -1)) {
      const symbol = symbols[code - (offset[length] ?? 0)];
      if (symbol !== undefined) return symbol;
      break;
    }
    code = (code << 1) | input.read(1);
  }
  throw new Bzip2Fault("a code means nothing");
}

/** Follows the chain, and undoes the first runs: four equal bytes are followed by how many more there are. */
function* expand({ chain, length, origin }: Block, sum: { crc: number }): Generator<Uint8Array, void, undefined> {
  let output = new Uint8Array(OUTPUT_BYTES);
  let [at, run, previous, crc] = [0, 0, -1, sum.crc];
  let entry = chain[origin] ?? 0;
  for (let i = 0; i < length; i++) {
    entry = chain[entry >>> 8] ?? 0;
    const byte = entry & 0xff;
    if (at + 256 > OUTPUT_BYTES) {
      yield output.subarray(0, at);
      output = new Uint8Array(OUTPUT_BYTES);
      at = 0;
    }
    if (run === 4) {
      for (let more = byte; more > 0; more--) {
        output[at++] = previous;
        crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ previous] ?? 0);
      }
      [run, previous] = [0, -1];
      continue;
    }
    run = byte === previous ? run + 1 : 1;
    previous = byte;
    output[at++] = byte;
    crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] ?? 0);
  }
  sum.crc = crc;
  if (at > 0) yield output.subarray(0, at);
}

/** The CRC-32 of bzip2 takes the high bits first, unlike that of zip and gzip. */
const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/** Bits of bytes that come in chunks, high ones first. */
class Bits {
  readonly #source: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bit = 0;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Waits until so many bytes are there, or all that will come. */
  async fill(bytes: number): Promise<void> {
    const chunks = [this.#bytes.subarray(this.#at)];
    let length = chunks[0]?.length ?? 0;
    if (length >= bytes || this.#ended) return;
    while (length < bytes && !this.#ended) {
      const { done, value } = await this.#source.next();
      if (done === true) this.#ended = true;
      else {
        chunks.push(value);
        length += value.length;
      }
    }
    this.#bytes = Buffer.concat(chunks);
    this.#at = 0;
  }

  /** Lets go of where the bytes come from. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  /** The next 1 to 24 bits as a number. Throws at the end. */
  read(count: number): number {
    let [value, left] = [0, count];
    while (left > 0) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Bzip2Fault("it ends early", true);
      const here = Math.min(left, 8 - this.#bit);
      value = (value << here) | ((byte >>> (8 - this.#bit - here)) & ((1 << here) - 1));
      this.#bit += here;
      left -= here;
      if (this.#bit === 8) {
        this.#bit = 0;
        this.#at += 1;
      }
    }
    return value;
  }

  /** Skips to the next whole byte. */
  align(): void {
    if (this.#bit > 0) {
      this.#bit = 0;
      this.#at += 1;
    }
  }

  /** Whether nothing comes any more but zeros, with which tapes and disks are filled up. */
  onlyZerosLeft(): boolean {
    return this.#bytes.subarray(this.#at).every((byte) => byte === 0);
  }
}
