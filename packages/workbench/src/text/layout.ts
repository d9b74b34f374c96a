/** Text laid out for a terminal: text wider than the line wraps. */
import { stripVTControlCharacters } from "node:util";

/** The width that everything is laid out for. */
export const WIDTH = 80;

/** How many columns a text takes: control characters take none, wide characters two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    width += /\p{M}|\p{Cf}/u.test(character)
      ? 0
      : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]|\p{Emoji_Presentation}/u.test(
            character,
          )
        ? 2
        : 1;
  }
  return width;
}

/** A text filled up to a width, at its end or at its start. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + space : space + text;
}

/** Lines of at most `width` columns, broken at spaces; a longer word gets its own line, unbroken for copying. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A label and its text, several lines if need be: the body of every report. */
export function fact(label: string, text: string, { indent = 10, width = WIDTH } = {}): string {
  const lines = text.split("\n").flatMap((part) => wrap(part, width - indent));
  const beside = widthOf(label) < indent;
  const space = " ".repeat(indent);
  return [
    ...(beside ? [] : [label]),
    ...lines.map((line, i) => (beside && i === 0 ? pad(label, indent) : space) + line),
  ]
    .map((line) => line.trimEnd())
    .join("\n");
}

/** A text cut to a width, with an ellipsis where something is missing. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A text cut to a width in its middle, so that texts that begin alike can be told apart. */
export function clipMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const start = clip(text, Math.ceil((width + 1) / 2));
  const characters = [...text];
  let end = "";
  // marks that belong to a character stand behind it, so that they are taken before it
  for (let at = characters.length - 1; at >= 0; at--) {
    const longer = `${characters[at]}${end}`;
    if (widthOf(start) + widthOf(longer) > width) break;
    end = longer;
  }
  return start + end.replace(/^\p{M}+/u, "");
}

/** The space between the columns of a grid. */
export const GAP = 2;

/** A column of a grid. */
export interface GridColumn {
  readonly title: string;
  /** To which side cells go; left by default. */
  readonly align?: "left" | "right";
}

/** Rows under titles, each column as wide as its widest cell; two spaces between columns. Breaks within a cell become spaces. */
export function grid(columns: readonly GridColumn[], written: readonly (readonly string[])[]): string {
  const rows = written.map((cells) =>
    cells.map((cell) => cell.replaceAll(/\s*[\t\v\f\r\n\u0085\u2028\u2029]\s*/g, " ")),
  );
  const widths = columns.map(({ title }, i) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? ""))));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => pad(cells[i] ?? "", widths[i] ?? 0, align))
      .join(" ".repeat(GAP))
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join("\n");
}
