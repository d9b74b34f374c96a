import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { fileFailure } from "../host/file-failure.ts";

const CHUNK_BYTES = 1 << 18;

/** A piece of a file. */
export interface FileRange {
  readonly start: number;
  readonly length: number;
}

/** The bytes of a file or of a piece of it in order, as they lie on the disk. Throws `files/…`. */
export async function* fileBytes(path: string, range?: FileRange): AsyncGenerator<Buffer, void, undefined> {
  if (range !== undefined && range.length <= 0) return;
  const piece = range === undefined ? {} : { start: range.start, end: range.start + range.length - 1 };
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, ...piece });
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw fileFailure(error, "read", path);
  } finally {
    stream.destroy();
  }
}

/** The first bytes of a file, fewer where it has fewer. Throws `files/…`. */
export async function fileHead(path: string, length: number): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileFailure(error, "read", path);
  }
}

/** The first bytes of something that is read in order, fewer where it has fewer; the rest is not read. */
export async function firstBytes(source: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    total += chunk.length;
    if (total >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

/** SHA-256 of the file's bytes as they lie on disk, in hexadecimal. Throws `files/…`. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of fileBytes(path)) hash.update(chunk);
  return hash.digest("hex");
}
