/** How a training went, drawn in characters. */
import asciichart from "asciichart";
import type { EpochRecord } from "nabla";
import { percentTick } from "../text/format.ts";
import { pad } from "../text/layout.ts";
import { plain, type Style } from "./style.ts";

/** Options of `drawCurves`. */
export interface CurveOptions {
  /** Columns of the terminal; 80 by default. */
  readonly width?: number;
  /** Lines of a chart; 8 by default. */
  readonly height?: number;
  /** Colors; none by default. */
  readonly style?: Style;
  /** The epoch whose weights were saved, marked below. None by default. */
  readonly best?: number;
}

interface Panel {
  readonly title: string;
  readonly train: readonly number[];
  readonly dev: readonly number[];
  readonly label: (value: number) => string;
}

const line = ["┼", "┤", "╶", "╴", "─", "╰", "╭", "╮", "╯", "│"] as const;
const dots = ["┼", "┤", "·", "·", "·", "·", "·", "·", "·", "·"] as const;
const GAP = 3;
const LABEL = 7;

/** Two significant digits, which is all that fits next to an axis. */
function short(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(2)));
}

/**
 * Cost and error of train (dots) and dev (line) by epoch, side by side; empty for fewer than two epochs. An axis is
 * logarithmic where values span more than a factor of 20, as they do when a training goes well; its title says so, and
 * zeros have a line of their own below it.
 */
export function drawCurves(points: readonly EpochRecord[], options: CurveOptions = {}): string {
  const { width = 80, height = 8, style = plain, best } = options;
  if (points.length < 2) return "";
  const columns = Math.floor((width - GAP) / 2) - LABEL - 1;
  const curve = (of: (point: EpochRecord) => number | undefined): readonly number[] =>
    points.map((point) => of(point) ?? Number.NaN);
  const panels: readonly Panel[] = [
    { title: "cost", train: curve(({ cost }) => cost), dev: curve(({ dev }) => dev?.cost), label: short },
    {
      title: "error",
      train: curve(({ train }) => train.error),
      dev: curve(({ dev }) => dev?.error),
      label: (error) => (error > 10 ? percentTick(error) : `${short(error * 100)}%`),
    },
  ];
  const epochs = points.map(({ epoch }) => epoch);
  const drawn = panels.map((panel) => [
    pad(
      `${" ".repeat(LABEL + 1)}${panel.title}${scaleOf(panel).logarithmic ? " (log scale)" : ""}`,
      LABEL + 1 + columns,
    ),
    ...plot(panel, { height, columns, style }),
    axis(epochs, columns, best),
  ]);
  const [left = [], right = []] = drawn;
  const kept = best === undefined ? "" : `   ▲ epoch ${best}, whose weights are saved`;
  const legend = `${" ".repeat(LABEL + 1)}${style("cyan", "··· train")}   ${style("yellow", "─── dev")}${kept}`;
  return [...left.map((text, i) => `${text}${" ".repeat(GAP)}${right[i] ?? ""}`.trimEnd()), legend].join("\n");
}

/** A curve drawn over `columns` columns: in between two epochs on the straight line from one to the other. */
function stretch(values: readonly number[], columns: number): readonly number[] {
  return Array.from({ length: columns }, (_, i) => {
    const at = (i * (values.length - 1)) / (columns - 1);
    const before = values[Math.floor(at)] ?? Number.NaN;
    const after = values[Math.ceil(at)] ?? Number.NaN;
    return values.length >= columns ? (values[Math.round(at)] ?? Number.NaN) : before + (after - before) * (at % 1);
  });
}

/** The values of both curves that are numbers, and whether they span so much that equal factors are drawn alike. */
function scaleOf({ train, dev }: Panel) {
  const finite = [...train, ...dev].filter(Number.isFinite);
  const positive = finite.filter((value) => value > 0);
  const [least, floor, highest] = [Math.min(...finite), Math.min(...positive), Math.max(...finite)];
  const logarithmic = positive.length > 0 && highest / floor > 20;
  return { finite, least: logarithmic ? floor : least, highest, logarithmic, zeros: logarithmic && least <= 0 };
}

function plot(
  panel: Panel,
  { height, columns, style }: { height: number; columns: number; style: Style },
): readonly string[] {
  const { train, dev, label } = panel;
  const { finite, least, highest, logarithmic, zeros } = scaleOf(panel);
  if (finite.length === 0) return [" ".repeat(LABEL + 1 + columns)];
  const to = (value: number): number => (logarithmic ? Math.log(value) : value);
  const from = (value: number): number => (logarithmic ? Math.exp(value) : value);
  const [bottom, top] = [to(least), to(highest)];
  const range = top - bottom || 1;
  // a logarithmic axis has no 0: the lowest line stands for it
  const lowest = zeros ? 1 : 0;
  const steps = height - 1 - lowest;
  // whole rows from the start, because asciichart rounds tiny ranges to nothing
  const rowOf = (value: number): number =>
    zeros && value <= 0 ? 0 : lowest + Math.round(((to(Math.max(value, least)) - bottom) / range) * steps);
  const labelOf = (row: number): string =>
    pad(label(row < lowest ? 0 : from(bottom + ((row - lowest) / steps) * range)), LABEL, "right");
  const layer = (values: readonly number[], symbols: readonly string[]): readonly (readonly string[])[] => {
    const rows = known(stretch(values, columns)).map(rowOf);
    if (rows.length === 0) return [];
    const text = asciichart.plot([rows], {
      min: 0,
      max: height - 1,
      height: height - 1,
      offset: 2,
      symbols,
      format: labelOf,
    });
    return text.split("\n").map((one) => [...one]);
  };
  const below = layer(train, dots);
  const above = layer(dev, line);
  const base = above.length > 0 ? above : below;
  return base.map((row, r) => {
    const start = row.findIndex((character) => character === "┤" || character === "┼");
    const cells = Array.from({ length: columns }, (_, i): Cell => {
      const upper = above[r]?.[start + i] ?? " ";
      const lower = below[r]?.[start + i] ?? " ";
      if (i === 0) return { text: upper === "┼" || lower === "┼" ? "┼" : "┤" };
      if (upper !== " ") return { text: upper, color: "yellow" };
      return lower === " " ? { text: " " } : { text: lower, color: "cyan" };
    });
    const labelText = row.slice(0, start).join("").trimEnd();
    return `${pad(labelText, LABEL)} ${painted(cells, style)}`;
  });
}

/** A character and its color. */
interface Cell {
  readonly text: string;
  readonly color?: "yellow" | "cyan";
}

/** Cells as text, each run of one color painted at once. */
function painted(cells: readonly Cell[], style: Style): string {
  const runs: { text: string; color: Cell["color"] }[] = [];
  for (const { text, color } of cells) {
    const last = runs.at(-1);
    if (last !== undefined && last.color === color) last.text += text;
    else runs.push({ text, color });
  }
  return runs.map(({ text, color }) => (color === undefined ? text : style(color, text))).join("");
}

/** The values up to the first that is no number: a curve ends where a training failed. */
function known(values: readonly number[]): readonly number[] {
  const end = values.findIndex((value) => !Number.isFinite(value));
  return end < 0 ? values : values.slice(0, end);
}

/** The first and last epoch below the curve, and a mark below the best one where there is room. */
function axis(epochs: readonly number[], columns: number, best: number | undefined): string {
  const [first = 1] = epochs;
  const last = epochs.at(-1) ?? first;
  const cells = [...pad(String(first), columns - String(last).length - 1), " ", ...String(last)];
  const at = best === undefined ? -1 : Math.round(((best - first) / Math.max(1, last - first)) * (columns - 1));
  if (cells[at] === " ") cells[at] = "▲";
  return `${" ".repeat(LABEL + 1)}${cells.join("")}`;
}
