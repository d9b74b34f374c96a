/** What a model answers over two of its columns, with the others held where most rows are. */
import {
  applyPreparation,
  type Column,
  decidedCodes,
  NablaError,
  type NumberColumn,
  type Preparation,
  predict,
  preparedInputs,
  restoreTargets,
  type Table,
  targetValues,
} from "nabla";
import { classProbabilities } from "nabla/diagnose";
import { writtenValue } from "nabla/reading";
import { quantileOf } from "nabla/statistics";
import type { Run } from "../store/run.ts";
import { modelOf } from "../store/run-model.ts";
import { loadTrained } from "../store/trained-model.ts";
import { brieflyExplained } from "./explain-run.ts";
import { loadMeasured } from "./measured-model.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** One of the two columns, with what is drawn of it. */
export interface BoundaryAxis {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** The ends as the column has them. */
  readonly texts: readonly [from: string | number, to: string | number];
}

/** What a model answers over two columns. */
export interface DecisionBoundary {
  /** The columns of numbers that it may be drawn over. */
  readonly columns: readonly string[];
  readonly x: BoundaryAxis;
  readonly y: BoundaryAxis;
  /** Why these: there are no others, no others of numbers, they matter most, or they were asked for. */
  readonly why: "only" | "numbers" | "important" | "asked";
  /** The other columns, and the value that each is held at. */
  readonly held: readonly (readonly [column: string, value: string | number])[];
  readonly target: string;
  /** Cells across, and as many down. */
  readonly side: number;
  /** Names of classes; absent for numbers. */
  readonly classes?: readonly string[];
  /** In each cell, row by row from the largest y and the least x on, the code of the class, or the number. */
  readonly answers: readonly number[];
  /** The probability of the class that is answered; absent for numbers. */
  readonly confidence?: readonly number[];
  /** Rows that were not learned, which have values of their own in the other columns, with the true class or number. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly truth: number }[];
}

/** Cells across and down, and rows that are drawn. */
const [SIDE, POINTS] = [60, 300];
/** What is beyond these quantiles of the training rows is not drawn, but for a margin. */
const [TAIL, MARGIN] = [0.005, 0.05];

/** Which columns are wanted; by default the two that matter most. */
export interface BoundaryColumns {
  /** The column across; by default the most important. */
  readonly x?: string | undefined;
  /** The column up; by default the most important of the others. */
  readonly y?: string | undefined;
}

/**
 * The boundary of a run's model. Throws `boundary/columns` for one of fewer than two columns of numbers, `boundary/targets` for
 * several targets or labels, `data/missing-column`, `run/no-model`, `data/changed` and `model/…`.
 */
export async function decisionBoundary(
  run: Run,
  { x: wantedX, y: wantedY }: BoundaryColumns = {},
): Promise<DecisionBoundary> {
  const { trained, preparation } = await loadTrained(modelOf(run));
  const { target } = preparation;
  if (target.kind !== "classes" && target.kind !== "number")
    throw new NablaError("boundary/targets", "a boundary is drawn for one target of classes or numbers");
  const parts = await partsOf(run);
  const { train } = parts;
  const isFed = new Set(preparation.columns.filter(({ kind }) => kind !== "constant").map(({ name }) => name));
  const fed = train.columns.filter(({ name }) => isFed.has(name));
  const numbers = fed.filter(
    (column): column is NumberColumn => column.kind === "number" && column.values.shape.length === 1,
  );
  if (numbers.length < 2)
    throw new NablaError(
      "boundary/columns",
      "a boundary is drawn over two columns of numbers, and this model has fewer",
    );
  const shown = parts.dev.rows > 0 ? parts.dev : train;
  const isAsked = wantedX !== undefined && wantedY !== undefined;
  const ranked = isAsked || numbers.length === 2 ? [] : await byImportance(run, shown);
  const order = [...ranked, ...numbers.map(({ name }) => name)].filter((name) =>
    numbers.some((one) => one.name === name),
  );
  const across = columnNamed(numbers, wantedX ?? order.find((name) => name !== wantedY));
  const up = columnNamed(numbers, wantedY ?? order.find((name) => name !== across.name));
  const [x, y] = [axisOf(across), axisOf(up)];
  const held = fed
    .filter((column) => column !== across && column !== up)
    .map((column) => [column, middleOf(column)] as const);
  const place = (axis: BoundaryAxis, share: number): number => axis.from + (axis.to - axis.from) * share;
  const grid = gridOf(fed, (column, cell) => {
    if (column === across) return place(x, ((cell % SIDE) + 0.5) / SIDE);
    if (column === up) return place(y, 1 - (Math.floor(cell / SIDE) + 0.5) / SIDE);
    return held.find(([one]) => one === column)?.[1] ?? Number.NaN;
  });
  const { answers } = await predict(trained, preparedInputs(preparation, grid));
  const about: Omit<DecisionBoundary, "answers"> = {
    columns: numbers.map(({ name }) => name),
    ...{ x, y, target: target.name, side: SIDE, points: pointsOf(shown, { preparation, x, y }) },
    why: isAsked ? "asked" : fed.length === 2 ? "only" : numbers.length === 2 ? "numbers" : "important",
    held: held.map(([column, value]) => [column.name, written(column, value)] as const),
  };
  if (target.kind === "number") return { ...about, answers: [...restoreTargets(preparation, answers).data] };
  const probabilities = classProbabilities(answers);
  const codes = decidedCodes(probabilities, target);
  const width = target.classes.length;
  return {
    ...about,
    classes: target.classes,
    answers: [...codes],
    confidence: Array.from(codes, (code, cell) => Number((probabilities.data[cell * width + code] ?? 0).toFixed(3))),
  };
}

async function byImportance(run: Run, table: Table): Promise<readonly string[]> {
  const { seed } = experimentOf(run);
  const found = await brieflyExplained(await loadMeasured(run), { table, seed, curves: 0 });
  return (found?.importance ?? []).map(({ column }) => column);
}

function columnNamed(columns: readonly NumberColumn[], name: string | undefined): NumberColumn {
  const found = columns.find((column) => column.name === name);
  if (found === undefined)
    throw new NablaError("data/missing-column", `the model has no column of numbers named "${name}"`);
  return found;
}

function finiteIn({ values }: NumberColumn): Float64Array {
  return Float64Array.from(values.data)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

function axisOf(column: NumberColumn): BoundaryAxis {
  const sorted = finiteIn(column);
  const [low, high] = [quantileOf(sorted, TAIL), quantileOf(sorted, 1 - TAIL)];
  const margin = (high - low) * MARGIN || 0.5;
  const [from, to] = [low - margin, high + margin];
  return { name: column.name, from, to, texts: [written(column, from), written(column, to)] };
}

/** The median of numbers, and the code of the most frequent level. */
function middleOf(column: Column): number {
  if (column.kind === "number") return quantileOf(finiteIn(column), 0.5);
  const counts = new Float64Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  return counts.indexOf(Math.max(...counts));
}

function written(column: Column, value: number): string | number {
  if (column.kind === "category") return column.levels[value] ?? "";
  const short = writtenValue(value, column.reading);
  return typeof short === "number" ? Number(short.toPrecision(4)) : short;
}

/** A row for each cell. */
function gridOf(columns: readonly Column[], heldAt: (column: Column, cell: number) => number): Table {
  const rows = SIDE * SIDE;
  return {
    rows,
    columns: columns.map((column): Column => {
      const values = Float64Array.from({ length: rows }, (_, cell) => heldAt(column, cell));
      if (column.kind === "category") return { ...column, codes: Int32Array.from(values) };
      return { ...column, values: { dtype: "float64", shape: [rows], data: values } };
    }),
  };
}

function pointsOf(
  table: Table,
  { preparation, x, y }: { readonly preparation: Preparation; readonly x: BoundaryAxis; readonly y: BoundaryAxis },
): DecisionBoundary["points"] {
  const { targets } = applyPreparation(preparation, table);
  const truths = preparation.target.kind === "number" ? targetValues(preparation, targets).data : targets.data;
  const valuesOf = (name: string): ArrayLike<number> => {
    const column = table.columns.find((one) => one.name === name);
    return column?.kind === "number" ? column.values.data : [];
  };
  const [across, up] = [valuesOf(x.name), valuesOf(y.name)];
  const step = Math.max(1, table.rows / POINTS);
  return Array.from({ length: Math.min(POINTS, table.rows) }, (_, i) => {
    const row = Math.floor(i * step);
    return { x: across[row] ?? Number.NaN, y: up[row] ?? Number.NaN, truth: truths[row] ?? Number.NaN };
  }).filter((point) => point.x >= x.from && point.x <= x.to && point.y >= y.from && point.y <= y.to);
}
