/**
 * Text in Windows-1252, told from what else is no UTF-8. Its letters of Western Europe stand alone or in pairs between letters
 * of ASCII; Cyrillic, Greek or Asian text comes in long runs, and Polish, Czech or Hungarian puts letters where Windows-1252
 * has signs.
 */
import { textDecoder } from "./text-decoder.ts";

const LONGEST_RUN = 2;

/** £ § ° ± ² ³ µ · ¼ ½ ¾ € – — ‘ ’ “ ” … and the no-break space: what Western tables use besides letters. */
const SIGNS: ReadonlySet<number> = new Set([
  0x80, 0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0xa0, 0xa3, 0xa7, 0xab, 0xb0, 0xb1, 0xb2, 0xb3, 0xb5, 0xb7, 0xbb,
  0xbc, 0xbd, 0xbe, 0xbf, 0xa1,
]);

/** A word that holds such a letter, read as Windows-1252, or undefined where the bytes may be something else. */
export function westernExample(bytes: Uint8Array): string | undefined {
  let example: number | undefined;
  for (let i = 0; i < bytes.length; i++) {
    if ((bytes[i] as number) < 0x80) continue;
    const start = i;
    // a character of UTF-8: the file is broken, or in two encodings
    if ((bytes[i] as number) <= 0xdf && ((bytes[i + 1] ?? 0) & 0xc0) === 0x80) return undefined;
    while (i < bytes.length && (bytes[i] as number) >= 0x80) {
      const byte = bytes[i] as number;
      const isLetter = byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7;
      const after = bytes[i + 1];
      // a sign between two letters is a letter of another alphabet: ł ą ż in Windows-1250
      const isSign = SIGNS.has(byte) && !(byte >= 0xa1 && isAsciiLetter(bytes[i - 1]) && isAsciiLetter(after));
      if (!isLetter && !isSign) return undefined;
      i++;
    }
    if (i - start > LONGEST_RUN) return undefined;
    // at the very end it may be a character of UTF-8 that was cut
    if (i < bytes.length) example ??= start;
  }
  if (example === undefined) return undefined;
  let [from, to] = [example, example];
  while (from > 0 && isWordByte(bytes[from - 1])) from--;
  while (to < bytes.length && isWordByte(bytes[to])) to++;
  return textDecoder("windows-1252", false).decode(
    bytes.subarray(Math.max(from, example - 20), Math.min(to, example + 20)),
  );
}

/** Whether all that is no ASCII in a whole file is Western text in Windows-1252, and something is. */
export async function isWesternText(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  let found = false;
  for await (const bytes of chunks) {
    if (!bytes.some((byte) => byte >= 0x80)) continue;
    if (westernExample(bytes) === undefined) return false;
    found = true;
  }
  return found;
}

function isAsciiLetter(byte: number | undefined): boolean {
  const letter = (byte ?? 0) | 32;
  return letter >= 97 && letter <= 122;
}

function isWordByte(byte: number | undefined): boolean {
  return isAsciiLetter(byte) || (byte ?? 0) >= 0x80;
}
