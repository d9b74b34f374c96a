/** LZ4 as Arrow packs its buffers: a frame of blocks (lz4_Frame_format.md, 1.6), each of literals and copies of what came before. */

/** Why bytes are no LZ4. */
class Lz4Fault extends Error {}

const MAGIC = 0x184d2204;
const STORED = 0x80000000;
/** Fewer bytes than this are no copy. */
const LEAST_COPY = 4;

/** The content of a frame, which has so many bytes. Throws Lz4Fault where it has not, or is damaged. */
export function unpackLz4(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) throw new Lz4Fault("it does not begin as LZ4 does");
  const flags = view.getUint8(4);
  const [hasSize, hasBlockSums, hasDictionary] = [flags & 8, flags & 16, flags & 1];
  if (hasDictionary) throw new Lz4Fault("it needs a dictionary");
  const into = new Uint8Array(length);
  let [at, filled] = [7 + (hasSize ? 8 : 0), 0];
  while (at + 4 <= frame.length) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const size = word % STORED;
    const block = frame.subarray(at, at + size);
    if (block.length < size) throw new Lz4Fault("it ends early");
    filled = word >= STORED ? put(block, into, filled) : unpackBlock(block, into, filled);
    at += size + (hasBlockSums ? 4 : 0);
  }
  if (filled === length) return into;
  throw new Lz4Fault(`it holds ${filled} bytes, not ${length}`);
}

function put(bytes: Uint8Array, into: Uint8Array, at: number): number {
  if (at + bytes.length > into.length) throw new Lz4Fault("it holds more bytes than it says");
  into.set(bytes, at);
  return at + bytes.length;
}

/** Unpacks a block behind what is there already; gives where it ends. */
function unpackBlock(block: Uint8Array, into: Uint8Array, start: number): number {
  let [from, to] = [0, start];
  const next = (): number => {
    const byte = block[from++];
    if (byte === undefined) throw new Lz4Fault("it ends early");
    return byte;
  };
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; ) {
      more = next();
      length += more;
    }
    return length;
  };
  while (from < block.length) {
    const token = next();
    const literals = lengthOf(token >> 4);
    const bytes = block.subarray(from, from + literals);
    if (bytes.length < literals) throw new Lz4Fault("it ends early");
    to = put(bytes, into, to);
    from += literals;
    // the last literals are followed by nothing
    if (from === block.length) break;
    const back = next() | (next() << 8);
    const length = lengthOf(token & 15) + LEAST_COPY;
    if (back === 0 || back > to || to + length > into.length) throw new Lz4Fault("it copies what is not there");
    // byte by byte, since a copy may overlap what it writes
    for (let i = 0; i < length; i++, to++) into[to] = into[to - back] ?? 0;
  }
  return to;
}
