/** The encoding of a file of text, and its bytes as UTF-8. */
import { NablaError } from "../base/error.ts";
import type { Notice } from "../base/notice.ts";
import { invalidUtf8At } from "./byte-text.ts";
import { textDecoder } from "./text-decoder.ts";
import { bytesOfText } from "./text-table.ts";
import { westernExample } from "./western-text.ts";

/** An encoding, and how many bytes of a mark stand before the text. */
export interface FoundEncoding {
  /** A label of the Encoding Standard. */
  readonly encoding: string;
  readonly mark: number;
  /** A word that shows how it is read, where the encoding was guessed. */
  readonly example?: string;
}

const UTF8 = "utf-8";

/**
 * The encoding of a file by its first bytes: as it was given, by a byte order mark, UTF-16 by its zeros, Windows-1252 where the
 * bytes are no UTF-8 and unmistakable, else UTF-8. `whole` says that no bytes follow. Throws `data/encoding` for a label that is
 * not known, `data/binary` for bytes 0 in other places.
 */
export function findEncoding(name: string, head: Uint8Array, whole: boolean, given?: string): FoundEncoding {
  const marked = byteOrderMark(head);
  if (given !== undefined) {
    const encoding = canonical(given);
    if (encoding === undefined) {
      const hint =
        "known are utf-8, utf-16le, utf-16be, latin1, windows-1252 and the other names of the Encoding Standard";
      throw new NablaError("data/encoding", `"${given}" is no encoding that is known`, hint);
    }
    const named = encoding === marked?.encoding || (encoding === "utf-16le" && marked?.encoding === "utf-16be");
    return named && marked !== undefined ? marked : { encoding, mark: 0 };
  }
  if (marked !== undefined) return marked;
  const zero = head.indexOf(0);
  if (zero >= 0) {
    const wide = wideEncoding(head);
    if (wide !== undefined) return { encoding: wide, mark: 0 };
    throw new NablaError("data/binary", `${name} is not text: byte ${zero} is 0`, "export the table as CSV in UTF-8");
  }
  const invalid = invalidUtf8At(head, 0, head.length);
  if (invalid < 0 || (!whole && invalid > head.length - 4)) return { encoding: UTF8, mark: 0 };
  const example = westernExample(head);
  return example === undefined ? { encoding: UTF8, mark: 0 } : { encoding: "windows-1252", mark: 0, example };
}

function byteOrderMark(head: Uint8Array): FoundEncoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: UTF8, mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", mark: 2 };
  return undefined;
}

function canonical(label: string): string | undefined {
  const plain = label.trim().toLowerCase();
  const known: Readonly<Record<string, string>> = {
    utf8: UTF8,
    utf16: "utf-16le",
    "utf-16": "utf-16le",
    cp1252: "windows-1252",
    latin1: "windows-1252",
  };
  try {
    textDecoder(known[plain] ?? plain, false);
    return known[plain] ?? plain;
  } catch {
    return undefined;
  }
}

const SPACE = 32;
const MOSTLY = 0.25;
const HARDLY = 0.02;

/** UTF-16 without a mark: ASCII characters, which all tables hold, have a zero in every second place. */
function wideEncoding(head: Uint8Array): string | undefined {
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    zeros[i & 1] = (zeros[i & 1] ?? 0) + 1;
    if (!isCharacter(head[i ^ 1])) return undefined;
  }
  const [even = 0, odd = 0] = zeros.map((count) => count / (head.length / 2));
  if (odd > MOSTLY && even < HARDLY) return "utf-16le";
  return even > MOSTLY && odd < HARDLY ? "utf-16be" : undefined;
}

/** A printed character of ASCII, a tab or a line break. */
function isCharacter(byte = SPACE): boolean {
  return byte >= SPACE || byte === 9 || byte === 10 || byte === 13;
}

/** The text as UTF-8, without its mark. Bytes that mean nothing in another encoding than UTF-8 throw `data/encoding`. */
export async function* asUtf8(
  chunks: AsyncIterable<Uint8Array>,
  { encoding, mark }: FoundEncoding,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let skip = mark;
  const decoder = encoding === UTF8 ? undefined : textDecoder(encoding, true);
  const decode = (bytes?: Uint8Array): Uint8Array => {
    try {
      return bytesOfText(decoder?.decode(bytes, { stream: bytes !== undefined }) ?? "");
    } catch {
      const hint = "name another encoding, or save the file as UTF-8";
      throw new NablaError("data/encoding", `${name} holds bytes that are not ${encoding}`, hint);
    }
  };
  for await (const chunk of chunks) {
    const cut = Math.min(skip, chunk.length);
    skip -= cut;
    const bytes = cut === 0 ? chunk : chunk.subarray(cut);
    if (bytes.length === 0) continue;
    yield decoder === undefined ? bytes : decode(bytes);
  }
  if (decoder !== undefined) yield decode();
}

/** What is said of an encoding that was guessed. */
export function encodingNotice(encoding: string, example?: string): Notice {
  const shown = example === undefined ? "" : ` ("${example}")`;
  const message = `the text is not UTF-8 and is read as ${encoding}${shown}; if that is wrong, name its encoding, such as --encoding windows-1250`;
  return { code: "data/encoding", message };
}
