/** What the network goes by: its columns by importance, and how predictions move with the first of them. */
import { count } from "nabla";
import { brieflyExplained, type ModelExplanation, type WrittenEffect } from "../runs/explain-run.ts";
import { experimentOf } from "../runs/stored-run.ts";
import { bound, number, percent } from "../text/format.ts";
import type { Markup } from "./markup.ts";
import { html } from "./markup.ts";
import { folded, paragraph, range, section, table } from "./pieces.ts";
import type { ReportedRun } from "./reported-run.ts";

/** Columns that are listed, curves, their points, and classes that have one. */
const SHOWN = { columns: 12, curves: 3, points: 7, outputs: 4 } as const;

/** The section; undefined for images, and for a table with one column. */
export async function explainedOf({ run, parts, trained, preparation }: ReportedRun): Promise<Markup | undefined> {
  const { seed } = experimentOf(run);
  const found = await brieflyExplained({ trained, preparation }, { table: parts.dev, seed, curves: SHOWN.curves });
  if (found === undefined || found.importance.length < 2) return undefined;
  const { importance, rows } = found;
  const lines = importance
    .slice(0, SHOWN.columns)
    .map(({ column, rise, interval }) => [column, percent(rise), range(interval, percent)]);
  const rest = importance.length - lines.length;
  const more = rest > 0 ? ` ${count(rest, "column")} that matter less are left out.` : "";
  return section(
    "What the network goes by",
    paragraph(
      `How much the error on ${count(rows, "dev row")} rises when a column is dealt out to other rows. Columns that say the same stand in for each other.${more} `,
      html`<code>nabla explain ${run.id}</code> takes single predictions apart.`,
    ),
    table(["column", "#error rises by", "#95% interval"], lines),
    ...found.effects.map((effect) => folded(`How predictions move with ${effect.column}`, curveOf(effect, found))),
  );
}

/** Some points of a curve: what the column adds there, 0 on average. */
function curveOf({ column, labels, effects }: WrittenEffect, { outputs }: ModelExplanation): Markup {
  const last = labels.length - 1;
  const places = [
    ...new Set(Array.from({ length: SHOWN.points }, (_, i) => Math.round((last * i) / (SHOWN.points - 1)))),
  ];
  const spread = (curve: readonly number[]): number => Math.max(...curve) - Math.min(...curve);
  const curves = effects
    .map((curve, i) => ({ name: outputs[i] ?? "", curve }))
    .toSorted((a, b) => spread(b.curve) - spread(a.curve))
    .slice(0, SHOWN.outputs);
  const text = outputs.length > 1 ? percent : number;
  const signed = (value: number): string => `${value > 0 ? "+" : ""}${text(value)}`;
  const label = (value: string | number): string => (typeof value === "number" ? bound(value) : value);
  return table(
    [column, ...curves.map(({ name }) => `#${name}`)],
    places.map((at) => [label(labels[at] ?? ""), ...curves.map(({ curve }) => signed(curve[at] ?? 0))]),
  );
}
