/** Where the errors are: by slice of each column, and row by row. */
import { calendarFeatures, count, type Preparation } from "nabla";
import { errorBySlice, type Slices } from "nabla/diagnose";
import { meanOf } from "nabla/statistics";
import type { Answers } from "../runs/dev-answers.ts";
import { worstRowsOf } from "../runs/worst-rows.ts";
import { bound, number, percent } from "../text/format.ts";
import { html, type Markup } from "./markup.ts";
import { folded, paragraph, range, section, table } from "./pieces.ts";

/** Columns that are shown, the most conspicuous first. */
const COLUMNS = 6;

/** Errors by slices of columns. */
export function slicesOf(
  { table: { columns }, mistakes, kind }: Answers,
  { series }: Pick<Preparation, "series">,
): Markup | undefined {
  // nobody looks for a range of the sine of a month
  const waves = new Set(
    series === undefined ? [] : calendarFeatures(series.recipe.time, series.recipe.calendar).map(({ name }) => name),
  );
  const all = columns
    .filter(({ name }) => !waves.has(name))
    .map((column) => errorBySlice(column, mistakes))
    .filter(({ slices }) => slices.length > 1);
  if (all.length === 0) return undefined;
  const overall = meanOf(mistakes);
  // squared errors are reported as their root, in the target's unit
  const value = (error: number): number => (kind === "classes" ? error : Math.sqrt(error));
  const text = (error: number): string => (kind === "classes" ? percent(error) : number(value(error)));
  const shown = all.toSorted((a, b) => b.excess - a.excess).slice(0, COLUMNS);
  const widest = value(
    Math.max(
      overall,
      ...shown.flatMap(({ slices }) => slices.map(({ interval }) => interval.to)).filter(Number.isFinite),
    ),
  );
  const place = (error: number): string => `${Math.min(100, (100 * value(error)) / (widest || 1)).toFixed(1)}%`;
  const one = ({ column, slices, excess }: Slices, i: number): Markup => {
    const lines = slices.map(({ name, rows, error, interval }) => [
      name,
      rows,
      text(error),
      range(interval, text),
      html`<span class="bar" aria-hidden="true"><i style="left:${place(interval.from)};width:calc(${place(interval.to)} - ${place(interval.from)})"></i><u style="left:${place(overall)}"></u><b style="left:${place(error)}"></b></span>`,
    ]);
    const content = table([column, "#Rows", "#Error", "#95% interval", ""], lines);
    const title = excess > 0 ? `${column}: one slice stands out` : column;
    return i < 2 ? html`<h3>${title}</h3>${content}` : folded(title, content);
  };
  const some = all.length > COLUMNS ? ` The ${COLUMNS} of ${all.length} columns in which a slice stands out most.` : "";
  return section(
    "Errors by slice",
    paragraph(
      `${kind === "classes" ? "The error" : "The RMSE"} over all rows is ${text(overall)}, the thin line; bars are 95% intervals.${some} Among many slices one in forty stands out by chance.`,
    ),
    ...shown.map(one),
  );
}

/** Rows and columns of the table of the worst rows. */
const LISTED = { rows: 10, columns: 12 } as const;

/** The rows with the largest losses; `file` holds more of them. */
export function worstOf(answers: Answers, file: string): Markup {
  const { header, rows } = worstRowsOf(answers, LISTED.rows);
  const titles = header
    .slice(0, LISTED.columns)
    .map((title, i) => (typeof rows[0]?.[i] === "number" ? `#${title}` : title));
  const lines = rows.map((row) =>
    row.slice(0, LISTED.columns).map((value) => (typeof value === "number" ? bound(value) : value)),
  );
  const more = header.length - LISTED.columns;
  const cut = more > 0 ? `, and ${count(more, "column")} more` : "";
  return section(
    "Rows to look at",
    paragraph(
      "The dev rows with the largest losses. Look for wrong labels, damaged rows and kinds of rows that are rare in training. ",
      html`<code>${file}</code> holds more of them${cut}.`,
    ),
    table(titles, lines),
  );
}
