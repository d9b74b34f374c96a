/** What sections of a report are made of. */
import { type ChartOptions, drawChart } from "./chart.ts";
import { html, type Markup, type Piece } from "./markup.ts";

/** A part of the report with a heading. */
export function section(title: string, ...content: readonly Piece[]): Markup {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

/** A table; columns whose title begins with "#" hold numbers and stand to the right. */
export function table(titles: readonly string[], rows: readonly (readonly Piece[])[], caption?: string): Markup {
  const numeric = titles.map((title) => title.startsWith("#"));
  const kind = (i: number): string => (numeric[i] === true ? "number" : "text");
  const head = titles.map((title, i) => html`<th scope="col" class="${kind(i)}">${title.replace(/^#/, "")}</th>`);
  const body = rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) => (i === 0 ? html`<th scope="row" class="${kind(i)}">${cell}</th>` : html`<td class="${kind(i)}">${cell}</td>`))}</tr>`,
  );
  const message = caption === undefined ? "" : html`<caption>${caption}</caption>`;
  return html`<div class="wide"><table>${message}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
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

/** Text whose percent signs stay with their numbers at the end of a line. */
export function kept(text: string): string {
  return text.replace(/(\d) %/g, "$1\u00a0%");
}

/** An interval in words; bounds that are 0 but for rounding are 0. */
export function range(
  { from, to }: { readonly from: number; readonly to: number },
  text: (value: number) => string,
): string {
  const tidy = (value: number): number => (Math.abs(value) < 1e-9 ? 0 : value);
  return kept(Number.isFinite(to) ? `${text(tidy(from))} to ${text(tidy(to))}` : "a single row");
}

/** A paragraph. */
export function paragraph(...content: readonly Piece[]): Markup {
  return html`<p>${content.map((piece) => (typeof piece === "string" ? kept(piece) : piece))}</p>`;
}

/** At most so many of a list, evenly spread, with its first and last. */
export function thinned<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  const places = Array.from({ length: most }, (_, i) => Math.round((i * (list.length - 1)) / (most - 1)));
  return places.flatMap((place) => list.slice(place, place + 1));
}
