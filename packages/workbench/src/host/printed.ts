/**
 * Text as it may go to a terminal. Names and cells of files can hold sequences that move the cursor, change the title or
 * hide what stands before them: every control character that nabla did not write itself is shown and not sent.
 */
import { randomInt } from "node:crypto";

/** What tells a sequence of nabla from one that came with a file: no file can know it. Up to four digits each, as terminals parse. */
const signature = Array.from({ length: 3 }, () => randomInt(1000, 10_000)).join(";");

const ESC = "\u001b";
const signed = `${ESC}\\[[\\d;]*;${signature}m`;

// Lines and tabs are layout. What reorders text is no control character, and deceives as well.
const hostile = new RegExp(`${signed}|(?![\\n\\t])[\\p{Cc}\\p{Bidi_Control}\\u2028\\u2029\\ufff9-\\ufffb]`, "gu");

/** Marks the colors of a text as nabla's own, which `printed` lets pass; what else it holds must be clean. */
export function signColors(text: string): string {
  return text.replace(new RegExp(`${ESC}\\[([\\d;]*)m`, "g"), (sequence, codes: string) =>
    sequence.includes(signature) ? sequence : `${ESC}[${codes};${signature}m`,
  );
}

/** A text with every character shown that a terminal would obey, but for colors that are signed. */
export function cleaned(text: string): string {
  return text.replace(hostile, (found) => (found.length > 1 ? found : picture(found)));
}

/** A text as it is sent to a terminal: cleaned, without passwords in addresses, and nabla's own colors as terminals read them. */
export function printed(text: string): string {
  return withoutPasswords(cleaned(text)).replaceAll(`;${signature}m`, "m");
}

/** Addresses without the passwords in them: wherever a text comes from, it may end in a log. */
function withoutPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*):[^\s/@"']+@/gi, "$1@");
}

/** JSON that a terminal does not obey either: the same document, with such characters escaped. */
export function printedJson(document: unknown, indent?: number): string {
  const text = withoutPasswords(JSON.stringify(document, undefined, indent) ?? "null");
  return text.replace(hostile, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The picture that Unicode has for a control character; for others that for what cannot be shown. */
function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}
