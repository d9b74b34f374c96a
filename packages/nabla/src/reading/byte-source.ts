/**
 * Bytes of a file in order: to be read once, or as often as the function is called. Chunks may have any size, and are not
 * changed after they were given.
 */
export type ByteSource = AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>);

/** What `read` makes of a source; however it ends, the source is closed. */
export async function* readSource<T>(
  source: ByteSource,
  read: (chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const iterator = (typeof source === "function" ? source() : source)[Symbol.asyncIterator]();
  try {
    yield* read({ [Symbol.asyncIterator]: () => iterator });
  } finally {
    await iterator.return?.();
  }
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
  yield* taken;
  if (whole) return;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
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
