/** HTML that cannot be broken by what is put into it: text is escaped, markup stays. */
import { known } from "nabla";

/** A piece of HTML. */
export interface Markup {
  readonly markup: string;
}

/** What can be put into a piece. */
export type Piece = string | number | Markup | undefined | readonly Piece[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it, within elements and within quoted attributes. Control characters, which HTML forbids, go. */
export function escapeText(text: string): string {
  const allowed = Array.from(text.toWellFormed(), (character) =>
    character < " " && !"\n\t".includes(character) ? "\ufffd" : character,
  ).join("");
  return allowed.replace(/[&<>"']/g, (character) => known(ESCAPES[character], character));
}

function written(piece: Piece): string {
  if (piece === undefined) return "";
  if (typeof piece === "string") return escapeText(piece);
  if (typeof piece === "number") return String(piece);
  return "markup" in piece ? piece.markup : piece.map(written).join("");
}

/** A template of HTML: whatever is put in is escaped unless it is markup. Attributes must be quoted. */
export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { markup: texts.map((text, i) => text + written(pieces[i])).join("") };
}
