/** Which columns are meant by what a user calls the target: one, or several with commas between them. */

import { NablaError } from "../base/error.ts";
import { listing } from "../base/text.ts";

/** A target as it is given: a column, or several as a list or with commas between their names. */
export type AskedTarget = string | readonly string[];

/** What a target is called where there is one word for it. */
export function targetText(asked: AskedTarget): string {
  return typeof asked === "string" ? asked : asked.join(", ");
}

/**
 * The names of the target columns. A text that is the name of a column means that one, whatever commas it holds; otherwise commas
 * divide it, where that gives names of columns. Throws `data/target-twice`.
 */
export function targetNames(asked: AskedTarget, columns: readonly string[]): readonly string[] {
  const names = (typeof asked === "string" ? [asked] : asked).flatMap((one) => namesIn(one, columns));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return names;
  const message = `the target ${twice} is named twice (${listing(names)})`;
  throw new NablaError("data/target-twice", message, "name each target once");
}

/** As few names as possible, each as long as possible; what is no column stays as it is, for the error that says so. */
function namesIn(text: string, columns: readonly string[]): readonly string[] {
  if (columns.includes(text)) return [text];
  const pieces = text.split(",");
  if (pieces.length === 1) return [text.trim()];
  return divided(pieces, columns) ?? pieces.map((piece) => piece.trim()).filter((piece) => piece !== "");
}

function divided(pieces: readonly string[], columns: readonly string[]): readonly string[] | undefined {
  if (pieces.every((piece) => piece.trim() === "")) return [];
  for (let taken = pieces.length; taken > 0; taken--) {
    const name = [pieces.slice(0, taken).join(","), pieces.slice(0, taken).join(",").trim()].find((one) =>
      columns.includes(one),
    );
    const rest = name === undefined ? undefined : divided(pieces.slice(taken), columns);
    if (name !== undefined && rest !== undefined) return [name, ...rest];
  }
  return undefined;
}
