import { type OpenDataOptions, openData } from "../../src/sources/data-source.ts";

/** Data as it was opened and read, all of its parts twice. */
export interface OpenedData {
  readonly name: string;
  readonly parts: readonly { readonly name: string; readonly format: string; readonly text: string }[];
  readonly notices: readonly string[];
}

/** Opens data, reads all bytes of its parts, each part twice, and closes it. */
export async function opened(data: string | readonly string[], options?: OpenDataOptions): Promise<OpenedData> {
  await using source = await openData(data, options);
  const parts: { name: string; format: string; text: string }[] = [];
  for (const part of source.parts) {
    const [first, second] = [await allOf(part.bytes()), await allOf(part.bytes())];
    if (!first.equals(second)) throw new Error(`${part.name} reads differently the second time`);
    if (part.size !== undefined && part.size !== first.length)
      throw new Error(`${part.name} has ${first.length} bytes, not ${part.size}`);
    parts.push({ name: part.name, format: part.format, text: first.toString() });
  }
  return { name: source.name, parts, notices: source.notices.map(({ message }) => message) };
}

/** All bytes that come. */
export async function allOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes in chunks of a length. */
export async function* chunked(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
