import type { Transform } from "node:stream";
import { NablaError } from "nabla";
import { systemCode } from "../host/file-failure.ts";
import { compact } from "../text/format.ts";
import { Bzip2Fault, bunzip2 } from "./bzip2.ts";
import type { Compression } from "./content-kind.ts";
import { ZstdFault, zstdFrames } from "./zstd-frames.ts";

/** Bytes in order. */
export type Bytes = AsyncIterable<Uint8Array>;

/** How much larger than its file data may be. */
export interface ExpansionLimit {
  /** So many times as large as its file; default 100. */
  readonly times?: number;
  /** So many bytes are taken however small the file is; default 1 GiB. */
  readonly bytes?: number;
}

/** Text of measured data packs 2 to 20 times; what packs further is made to fill a disk or a memory. */
const EXPANSION = { times: 100, bytes: 2 ** 30 } as const;

/** What is unpacked, and how its errors name it. */
export interface Packed {
  readonly name: string;
  /** The bytes of its file. */
  readonly size: number;
  /** How much larger than the file its content may be; the usual limit by default. */
  readonly limit?: ExpansionLimit;
}

/** How bytes are packed; `deflate` without a header, as in zip archives. */
type Packing = Compression | "deflate";

const called: Readonly<Record<Packing, string>> = { gzip: "gzip", zstd: "Zstandard", bzip2: "bzip2", deflate: "zip" };
const CHUNK_BYTES = 1 << 18;
const OLD_NODE = "use Node 22.15 or later, or unpack it: unzstd";

/**
 * The content of compressed bytes, all of its members one after another. Throws `data/damaged` where they end early, are
 * not whole or are followed by something else, `data/expansion` where they grow beyond the limit, `data/format` where
 * this Node cannot unpack them.
 */
export async function* decompress(
  source: Bytes,
  packing: Packing,
  packed: Packed,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* limited(await unpacked(source, packing, packed.name), packed);
  } catch (error) {
    throw failure(error, called[packing], packed.name);
  }
}

async function unpacked(source: Bytes, packing: Packing, name: string): Promise<Bytes> {
  if (packing === "bzip2") return bunzip2(source);
  const zlib = await import("node:zlib");
  if (packing === "deflate") return inflated(source, zlib.createInflateRaw({ chunkSize: CHUNK_BYTES }));
  if (packing === "gzip") return inflated(source, zlib.createGunzip({ chunkSize: CHUNK_BYTES }));
  if (typeof zlib.createZstdDecompress !== "function")
    throw new NablaError(
      "data/format",
      `${name} is compressed with Zstandard, which this Node cannot unpack`,
      OLD_NODE,
    );
  // data sets are packed with windows of 2 GiB too (--long=31); the memory is taken as it is filled
  return inflated(
    zstdFrames(source),
    zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES, params: { [zlib.constants.ZSTD_d_windowLogMax]: 31 } }),
  );
}

/** Passes bytes on, up to the limit. Throws `data/expansion`. */
export async function* limited(source: Bytes, packed: Packed): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0;
  for await (const chunk of source) {
    total += chunk.length;
    checkExpansion(total, packed);
    yield chunk;
  }
}

/** Throws `data/expansion` where so many bytes are more than a file of that size may unpack to. */
export function checkExpansion(total: number, { name, size, limit = {} }: Packed): void {
  const { times = EXPANSION.times, bytes = EXPANSION.bytes } = limit;
  const most = Math.max(times * size, bytes);
  if (total <= most) return;
  throw new NablaError(
    "data/expansion",
    `${name} has ${compact(size)} bytes, and unpacks to more than ${compact(most)}: over ${times} times as many`,
    `if it is what it should be, --max-expansion ${10 * times} allows more`,
  );
}

/** What a stream of Node's makes of bytes. What is behind its end must be zeros, with which tapes are filled up. */
async function* inflated(
  source: Bytes,
  stream: Transform & { readonly bytesWritten: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = source[Symbol.asyncIterator]();
  const state: { failed?: unknown; fed: number; zeros: number } = { fed: 0, zeros: 0 };
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await input.next();
    if (done === true) return undefined;
    state.fed += value.length;
    const last = value.findLastIndex((byte) => byte !== 0);
    state.zeros = last < 0 ? state.zeros + value.length : value.length - 1 - last;
    return value;
  };
  const feed = async (): Promise<void> => {
    try {
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
        if (stream.destroyed || stream.readableEnded) return;
        if (!stream.write(chunk)) await ready(stream);
      }
      if (!stream.destroyed) stream.end();
    } catch (error) {
      state.failed = error;
      stream.destroy();
    }
  };
  const feeding = feed();
  try {
    for await (const chunk of stream) yield chunk;
    stream.destroy();
    await feeding;
    while ((await next()) !== undefined);
    if (state.fed - stream.bytesWritten > state.zeros) throw new TrailingFault();
  } catch (error) {
    throw state.failed ?? error;
  } finally {
    stream.destroy();
    await input.return?.();
  }
}

/** Until a stream takes more, or is over. */
function ready(stream: Transform): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    const events = ["drain", "end", "close", "error"] as const;
    for (const event of events) stream.on(event, done);
    if (stream.destroyed || stream.readableEnded) done();
  });
}

class TrailingFault extends Error {}

/** An error of a library about packed bytes as one sentence. Others pass through. */
function failure(error: unknown, what: string, name: string): unknown {
  if (error instanceof NablaError || !(error instanceof Error)) return error;
  const damaged = (message: string): NablaError =>
    new NablaError("data/damaged", `${name}: ${message}`, "download or copy the file again, or pack it again");
  const code = systemCode(error);
  const faulty = error instanceof Bzip2Fault || error instanceof ZstdFault ? error : undefined;
  if (code === "Z_BUF_ERROR" || faulty?.early === true) return damaged(`the ${what} file ends early; it was cut off`);
  if (error instanceof TrailingFault || (code === "Z_DATA_ERROR" && error.message === "incorrect header check"))
    return damaged(`the ${what} file is followed by bytes that are not ${what}`);
  if (faulty !== undefined || /^(Z_|ZSTD_|ERR_ZLIB)/.test(code))
    return damaged(`the ${what} file is damaged: ${faulty?.message ?? error.message.toLowerCase()}`);
  return error;
}
