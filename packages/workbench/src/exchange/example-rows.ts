/** Rows for a model whose training file is not at hand: made up within what its preparation knows. */
import {
  type Column,
  categoryColumn,
  fork,
  ndarray,
  normal,
  numberColumn,
  type Preparation,
  seedKey,
  type Table,
  table,
  textColumn,
  uniform,
} from "nabla";

type Prepared = Preparation["columns"][number];

const MOST_ROWS = 100;
/** Numbers in all rows together, so that images take no long time. */
const MOST_NUMBERS = 200_000;

/** Seeded rows with values like those of training, some of them missing and some levels never seen. */
export function exampleRows({ columns }: Preparation): Table {
  const used = columns.filter(({ kind }) => kind !== "constant");
  const width = used.reduce((sum, column) => sum + (column.kind === "block" ? sizeOf(column.shape) : 1), 0);
  const rows = Math.max(2, Math.min(MOST_ROWS, Math.floor(MOST_NUMBERS / width)));
  return table(used.map((column, i) => exampleColumn(column, rows, i)));
}

function exampleColumn(column: Prepared, rows: number, i: number): Column {
  const key = fork(seedKey(1), `column ${i}`);
  if (column.kind === "category") {
    const levels = [...column.levels, "\u2205 never seen"];
    const draws = uniform(key, rows);
    const cells = Array.from(draws, (draw, row) => (row % 9 === 4 ? null : levels[Math.floor(draw * levels.length)]));
    return categoryColumn(column.name, cells);
  }
  if (column.kind === "text") return textColumn(column.name, madeUpTexts(rows));
  const { name } = column;
  const { center, spread } = column.kind === "constant" ? { center: 0, spread: 0 } : column;
  const shape = column.kind === "block" ? column.shape : [];
  const draws = normal(key, rows * sizeOf(shape));
  if (column.kind === "time") return numberColumn(name, uniform(key, rows));
  if (shape.length > 0) {
    const values = Float32Array.from(draws, (draw) => center + spread * draw);
    return numberColumn(name, ndarray(values, [rows, ...shape]));
  }
  const whole = column.kind === "date" && !column.times;
  const numbers = draws.map((draw, row) => {
    if (row % 9 === 4) return Number.NaN;
    const value = center + spread * draw;
    return whole ? Math.floor(value) : column.kind === "number" && column.wide !== true ? Math.fround(value) : value;
  });
  return numberColumn(name, numbers);
}

/** Texts in some languages, one of which is missing; what a model knows of them is chance, as with levels that it never saw. */
function madeUpTexts(rows: number): readonly (string | null)[] {
  const texts = ["A library for reading and writing files", "Eine Sammlung von Werkzeugen", "数据处理工具", null];
  return Array.from({ length: rows }, (_, row) => texts[row % texts.length] ?? null);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
