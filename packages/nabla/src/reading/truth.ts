/** Words for yes and no. */
import { missingWordKind } from "./missing-words.ts";

// a declared table: [yes, no] of one language or habit a row
const PAIRS: readonly (readonly [yes: string, no: string])[] = [
  ["true", "false"],
  ["yes", "no"],
  ["t", "f"],
  ["y", "n"],
  ["on", "off"],
  ["ja", "nein"],
  ["j", "n"],
  ["wahr", "falsch"],
  ["oui", "non"],
  ["vrai", "faux"],
  ["sí", "no"],
  ["si", "no"],
  ["sì", "no"],
  ["verdadero", "falso"],
  ["vero", "falso"],
  ["sim", "não"],
  ["verdadeiro", "falso"],
  ["ja", "nee"],
  ["waar", "onwaar"],
  [".true.", ".false."],
  ["✓", "✗"],
];

/** What each word means, in lower case. */
export const TRUTHS: ReadonlyMap<string, boolean> = new Map(
  PAIRS.flatMap(([yes, no]) => [
    [yes, true],
    [no, false],
  ]),
);

/** Whether a text means yes or no, in any case; 1 and 0 (also 1.0) do too. Undefined for every other text. */
export function truthOf(text: string): boolean | undefined {
  const found = TRUTHS.get(text.toLowerCase());
  if (found !== undefined) return found;
  return /^[01](\.0+)?$/.test(text) ? text.startsWith("1") : undefined;
}

/** Whether a text among yes and no is neither, nor a word for "unknown", which may be a level of its own. */
export function isUntrue(text: string): boolean {
  return truthOf(text) === undefined && missingWordKind(text) === undefined;
}

/** Whether texts are words of yes and no: words of one pair, however cased; 1 and 0 may stand beside them. */
export function areTruths(texts: Iterable<string>): boolean {
  const words = new Set([...texts].map((text) => text.toLowerCase()).filter((text) => !/^[01](\.0+)?$/.test(text)));
  if (words.size === 0) return false;
  if ([...words].some((word) => !TRUTHS.has(word))) return false;
  const single = [...words].filter((word) => word.length === 1);
  // "t" or "n" alone may be anything
  return words.size > 1 || single.length === 0;
}
