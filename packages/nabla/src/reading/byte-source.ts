/** Bytes of a file in order: to be read once, or as often as the function is called. */
export type ByteSource = AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>);

/** The bytes of a source from their start. */
export function openBytes(source: ByteSource): AsyncIterable<Uint8Array> {
  return typeof source === "function" ? source() : source;
}

/** The first bytes of a stream, and the stream with them. */
export interface Peeked {
  readonly head: Uint8Array;
  /** Whether nothing follows. */
  readonly whole: boolean;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Reads ahead until `enough` of the bytes. */
export async function peek(
  chunks: AsyncIterable<Uint8Array>,
  enough: (bytes: number, last: Uint8Array) => boolean,
): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) {
      whole = true;
      break;
    }
    taken.push(value);
    length += value.length;
    if (enough(length, value)) break;
  }
  return { head: joinBytes(taken, length), whole, chunks: following(taken, iterator, whole) };
}

async function* following(
  taken: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
  whole: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* taken;
    if (whole) return;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function joinBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
