/** What a network goes by, as people and programs read it. */
import { count } from "nabla";
import type { ExplainedRow, Explanation, SoleExplanation, WrittenEffect } from "../runs/explain-run.ts";
import { bound, number, percent, rangeText } from "../text/format.ts";
import { clip, fact, grid } from "../text/layout.ts";
import { pictureText } from "./picture-explanation.ts";

/** The one document that --json prints. */
export function explanationDocument({ run, ...found }: Explanation): object {
  return { run: run.id, on: "dev", ...found };
}

/** Columns by importance, curves, and predictions taken apart. */
export function explanationText(found: Explanation): string {
  const { rows, otherTargets = [] } = found;
  return [found, ...otherTargets].map((one) => soleText(one, rows)).join("\n\n");
}

function soleText(found: SoleExplanation, rows: number): string {
  const { target, importance, effects, predictions, outputs, pictures } = found;
  const head = target === undefined ? [] : [fact("Target", target)];
  if (pictures !== undefined) return [...head, pictureText(pictures, outputs)].join("\n");
  const shown = importance.slice(0, MOST_SHOWN);
  const rest = importance.length - shown.length;
  const lines = shown.map(({ column, rise, interval }) => [column, percent(rise), rangeText(interval)]);
  const columns = [
    { title: "column" },
    { title: "error rises by", align: "right" as const },
    { title: "95% interval" },
  ];
  const left = rest > 0 ? [`and ${count(rest, "column")} that matter less`] : [];
  return [
    ...head,
    grid(columns, lines),
    ...left,
    "",
    fact(
      "Measured",
      `on ${count(rows, "dev row")}, each column dealt out to other rows; columns that say the same stand in for each other`,
    ),
    ...effects.map((effect) => effectText(effect, outputs)),
    ...predictions.map((row) => rowText(row, outputs)),
  ].join("\n");
}

const MOST_SHOWN = 20;
const MOST_POINTS = 5;
const MOST_OUTPUTS = 3;
const MOST_SHARES = 8;
const WIDEST_CELL = 24;

/** A curve by a few of its points; of many classes those that move most. */
function effectText({ column, at, labels, effects }: WrittenEffect, outputs: readonly string[]): string {
  const places = [
    ...new Set(Array.from({ length: MOST_POINTS }, (_, i) => Math.round(((at.length - 1) * i) / (MOST_POINTS - 1)))),
  ];
  const signed = signedIn(outputs);
  const spread = (curve: readonly number[]): number => Math.max(...curve) - Math.min(...curve);
  const curves = effects
    .map((curve, i) => ({ name: outputs[i] ?? "", curve }))
    .sort((a, b) => spread(b.curve) - spread(a.curve))
    .slice(0, outputs.length === 2 ? 1 : MOST_OUTPUTS);
  const heads = [
    { title: column },
    ...places.map((i) => ({ title: labelText(labels[i] ?? ""), align: "right" as const })),
  ];
  const lines = curves.map(({ name, curve }) => [name, ...places.map((i) => signed(curve[i] ?? 0))]);
  return `\n${grid(heads, lines)}`;
}

function labelText(label: string | number): string {
  return typeof label === "number" ? bound(label) : label;
}

/** Differences of probabilities in percent, those of numbers as they are. */
function signedIn(outputs: readonly string[]): (value: number) => string {
  const text = outputs.length > 1 ? percent : number;
  return (value) => `${value > 0 ? "+" : ""}${text(value)}`;
}

function rowText(
  { place, prediction, value, average, shares, cells }: ExplainedRow,
  outputs: readonly string[],
): string {
  const classes = outputs.length > 1;
  const signed = signedIn(outputs);
  const plain = (one: string | number): string =>
    typeof one === "string" ? one : classes ? percent(one) : number(one);
  const said = classes ? `${prediction}, ${percent(value)} probable` : plain(prediction);
  const columns = [
    { title: "column" },
    { title: "value" },
    { title: "moves it by", align: "right" as const },
    { title: "95% interval" },
  ];
  const lines = shares
    .slice(0, MOST_SHARES)
    .map(({ column, share, interval }) => [
      column,
      clip(String(cells[column] ?? "missing"), WIDEST_CELL),
      signed(share),
      rangeText(interval, signed),
    ]);
  const begin = `${said}; ${plain(average)} on average`;
  return `\n${fact(place, begin)}\n${grid(columns, lines)}`;
}
