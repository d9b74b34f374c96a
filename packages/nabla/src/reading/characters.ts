/** Characters that programs and keyboards write in more than one way, as the one that the parsers here know. */

const MINUS = /[\u2010-\u2015\u2212\ufe63\uff0d]/g;
const BLANK = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]/g;
const APOSTROPHE = /[\u2018\u2019\u02bc\u00b4`\u2032]/g;
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_YEN = /\uffe5/g;
const BEYOND_ASCII = /[^ -_a-~]/;
const FULL_WIDTH_OFFSET = 0xfee0;

/**
 * A text with one kind of minus "-", of blank " ", of apostrophe "'" and of digits, without invisible characters, and
 * without blanks at the ends.
 */
export function plainCharacters(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.trim();
  return text
    .replace(INVISIBLE, "")
    .replace(MINUS, "-")
    .replace(FULL_WIDTH, (found) => String.fromCharCode(found.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replace(FULL_WIDTH_YEN, "¥")
    .replace(BLANK, " ")
    .replace(APOSTROPHE, "'")
    .trim();
}
