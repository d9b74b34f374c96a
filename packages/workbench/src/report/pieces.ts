/** What sections of a report are made of. */
import { rangeText } from "../text/format.ts";
import { type ChartOptions, drawChart } from "./chart.ts";
import { html, type Markup, type Piece } from "./markup.ts";
import { styleSheet } from "./style.ts";

/** A part of the report with a heading. */
export function section(title: string, ...content: readonly Piece[]): Markup {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

/** Two parts of a section, side by side where there is room for both. */
export function halves(...both: readonly [Piece, Piece]): Markup {
  return html`<div class="halves">${both.map((half) => html`<div>${half}</div>`)}</div>`;
}

/** Parts of a section as wide as they are, side by side as far as they fit. */
export function abreast(...all: readonly Piece[]): Markup {
  return html`<div class="beside">${all.map((one) => html`<div>${one}</div>`)}</div>`;
}

/** Sections that belong together, and whose order on a wide page is theirs alone. */
export function group(...sections: readonly Piece[]): Markup {
  return html`<div class="group">${sections}</div>`;
}

/** Texts of more characters than this are read in lines that are not too short. */
const LONG = 60;

/** A table; columns whose title begins with "#" hold numbers and are right-aligned. */
export function table(titles: readonly string[], rows: readonly (readonly Piece[])[], caption?: string): Markup {
  const numeric = titles.map((title) => title.startsWith("#"));
  const kind = (i: number, cell: Piece = ""): string =>
    numeric[i] === true ? "number" : typeof cell === "string" && cell.length > LONG ? "text long" : "text";
  const head = titles.map((title, i) => html`<th scope="col" class="${kind(i)}">${title.replace(/^#/, "")}</th>`);
  const body = rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) => (i === 0 ? html`<th scope="row" class="${kind(i, cell)}">${cell}</th>` : html`<td class="${kind(i, cell)}">${cell}</td>`))}</tr>`,
  );
  // a caption of its own would be as narrow as the table
  const message = caption === undefined ? "" : html`<p class="caption">${caption}</p>`;
  return html`${message}<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Names and what they are. */
export function facts(list: readonly (readonly [name: string, text: Piece])[]): Markup {
  return html`<dl>${list.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}

/** A chart under its title, with its numbers as a table. */
export function figure(title: string, chart: Omit<ChartOptions, "label">, numbers: Markup): Markup {
  const label = `${title}; the numbers are in the table below`;
  return html`<figure><figcaption>${title}</figcaption>${drawChart({ ...chart, label })}${folded("Numbers", numbers)}</figure>`;
}

/** A drawing under its title, with its numbers as a table where there are some. */
export function drawing(title: string, drawn: Markup, numbers?: Markup): Markup {
  const below = numbers === undefined ? undefined : folded("Numbers", numbers);
  return html`<figure><figcaption>${title}</figcaption>${drawn}${below}</figure>`;
}

/** What is shown on request. */
export function folded(title: string, content: Piece): Markup {
  return html`<details><summary>${title}</summary>${content}</details>`;
}

/** Figures side by side where there is room. */
export function figures(...all: readonly Piece[]): Markup {
  return html`<div class="figures">${all}</div>`;
}

/** An interval in words; bounds that are 0 but for rounding are 0. */
export function range(
  interval: { readonly from: number; readonly to: number },
  text: (value: number) => string,
): string {
  const tidy = (value: number): string => text(Math.abs(value) < 1e-9 ? 0 : value);
  return Number.isFinite(interval.to) ? rangeText(interval, tidy) : "a single row";
}

/** A paragraph. */
export function paragraph(...content: readonly Piece[]): Markup {
  return html`<p>${content}</p>`;
}

/** At most so many of a list, evenly spread, with its first and last. */
export function thinned<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  const places = Array.from({ length: most }, (_, i) => Math.round((i * (list.length - 1)) / (most - 1)));
  return places.flatMap((place) => list.slice(place, place + 1));
}

/** A number that counts, with what it is. */
export function tile(text: string, said: string): Markup {
  return html`<div class="tile"><b>${text}</b><span>${said}</span></div>`;
}

/** A whole page without anything to load. */
export interface Page {
  readonly title: string;
  readonly subtitle: string;
  /** The numbers that count. */
  readonly tiles: readonly Markup[];
  readonly sections: readonly Piece[];
  readonly footer: string;
}

/** The file of a page; it lets nothing be fetched, whatever its texts hold. */
export function page({ title, subtitle, tiles, sections, footer }: Page): Markup {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>${title}</title><style>${{ markup: styleSheet }}</style></head>
<body><header><h1>${title}</h1><p class="muted">${subtitle}</p><div class="tiles">${tiles}</div></header><main>${sections}<footer>${footer}</footer></main></body></html>
`;
}
