/** Rows of a file with known answers, sorted by whether a model can be measured on them. */
import {
  type Column,
  compact,
  count,
  type Examples,
  known,
  type LabelTarget,
  labelsIn,
  listing,
  NablaError,
  type NdArray,
  type Notice,
  type NumberColumn,
  ndarray,
  type Preparation,
  preparedInputs,
  preparedTargets,
  type SoleTarget,
  soleTargets,
  type Table,
  takeTable,
  targetsOf,
  withTargets,
  wrongWeight,
} from "nabla";

/** What a file gives: tables of some of its rows, in order, and what each row is called there. */
export interface LabelledFile {
  readonly name: string;
  readonly tables: AsyncIterable<Table> | Iterable<Table>;
  /** The place of a row, from 0, as `row 4` or the name of an image. */
  readonly placeOf: (row: number) => Promise<string>;
}

/** The rows that a model can be measured on, and those that it cannot. */
export interface LabelledRows {
  readonly examples: Examples;
  /** Rows without an answer, which are left out. */
  readonly unanswered: number;
  /** Rows of classes that the model does not know: it is wrong on each. */
  readonly unknown: number;
  /** What the rows of each class count, of unknown ones too. */
  readonly classes: ReadonlyMap<string, number>;
  /** How much all rows with an answer count, those of unknown classes last; absent where all count alike. */
  readonly weights?: Float64Array;
  readonly notices: readonly Notice[];
}

/** Rows of unknown classes that are named. */
const MOST_NAMED = 5;

/**
 * Reads and prepares all rows with an answer. Nothing that learning needs is asked of them: one row will do, and one
 * class. Throws `data/no-rows`, `data/missing` where no row has an answer, `data/weights` for a weight that is none, and what
 * preparing throws.
 */
export async function labelledRows(preparation: Preparation, file: LabelledFile): Promise<LabelledRows> {
  const inputs: NdArray[] = [];
  const targets: NdArray[] = [];
  const classes = new Map<string, number>();
  const strangers: { readonly row: number; readonly name: string }[] = [];
  const [counted, strangerWeights]: [number[], number[]] = [[], []];
  let [rows, measured, unanswered, unknown] = [0, 0, 0, 0];
  let weighed: string | undefined;
  for await (const table of file.tables) {
    const { answers, targets: named } = answeredRows(preparation, table);
    const { weights } = table;
    if (weights !== undefined) await checkWeights(weights, (row) => file.placeOf(rows + row));
    weighed = weights?.name;
    const weightOf = (row: number): number => weights?.values.data[row] ?? 1;
    for (const [row, { name, stranger, missing }] of answers.entries()) {
      if (missing) unanswered += 1;
      else if (name !== undefined) classes.set(name, (classes.get(name) ?? 0) + weightOf(row));
      if (!stranger || name === undefined) continue;
      unknown += 1;
      strangerWeights.push(weightOf(row));
      if (strangers.length < MOST_NAMED) strangers.push({ row: rows + row, name });
    }
    const kept = answers.flatMap(({ missing, stranger }, row) => (missing || stranger ? [] : [row]));
    for (const row of kept) counted.push(weightOf(row));
    const part = takeTable(withTargets(table, named), kept);
    inputs.push(preparedInputs(preparation, part));
    targets.push(preparedTargets(preparation, part));
    measured += part.rows;
    rows += table.rows;
  }
  if (rows === 0) throw new NablaError("data/no-rows", `${file.name} has no rows`, "check how it was exported");
  if (rows === unanswered) {
    const message = `${file.name}, column ${preparation.target.name}: the target is missing in every row`;
    throw new NablaError("data/missing", message, "--target names the column of the answers");
  }
  const { target } = preparation;
  const all = [...counted, ...strangerWeights];
  if (weighed !== undefined && !all.some((weight) => weight > 0))
    throw new NablaError("data/weights", `${file.name}, column ${weighed}: every weight is 0, so no row counts`);
  const examples: Examples = {
    rows: measured,
    inputs: joined(inputs),
    targets: joined(targets),
    ...(weighed === undefined ? {} : { mask: ndarray(Float32Array.from(counted), [measured]) }),
    ...(target.kind === "classes" ? { classes: target.classes } : {}),
  };
  const places = await Promise.all(strangers.map(async ({ row, name }) => `${name} (${await file.placeOf(row)})`));
  const more = unknown > places.length ? [`${unknown - places.length} more`] : [];
  const notices = [
    ...(weighed === undefined ? [] : [{ code: "data/weighted", message: `rows count by ${weighed}` }]),
    ...(unanswered === 0
      ? []
      : [{ code: "data/missing-target", message: `${count(unanswered, "row")} without a target left out` }]),
    ...(unknown === 0
      ? []
      : [
          {
            code: "data/unknown-class",
            message: `${count(unknown, "row")} of a class that the model does not know ${strangersText(target, unknown)}: ${listing([...places, ...more])}`,
          },
        ]),
  ];
  const weights = weighed === undefined ? undefined : Float64Array.from(all);
  return { examples, unanswered, unknown, classes, notices, ...compact({ weights }) };
}

/** Throws `data/weights` for the first row whose weight is none, by its place in the file. */
async function checkWeights({ name, values: { data } }: NumberColumn, placeOf: LabelledFile["placeOf"]): Promise<void> {
  const row = wrongWeight(data);
  if (row < 0) return;
  const found = data[row] ?? Number.NaN;
  const what = Number.isNaN(found) ? "the weight is missing" : `a weight is a number from 0, and this one is ${found}`;
  throw new NablaError("data/weights", `column ${name}, ${await placeOf(row)}: ${what}`, "mend the column");
}

/** Of several targets such a row is left out, since the others would be measured by rows that are not alike. */
function strangersText({ kind }: Preparation["target"], rows: number): string {
  if (kind === "several") return "left out";
  return rows === 1 ? "counted as an error" : "counted as errors";
}

/** The answers of rows to all targets, and the targets with the model's names for their classes. */
function answeredRows(
  preparation: Preparation,
  table: Table,
): { readonly answers: readonly RowAnswer[]; readonly targets: readonly Column[] } {
  const all = soleTargets(preparation).map((expected, i) => {
    const column = known(targetsOf(table)[i], "the target");
    const answers = answersOf(expected, column, table.rows);
    return { answers, target: expected.kind === "labels" ? column : answered(column, answers) };
  });
  const [only] = all;
  const targets = all.map(({ target }) => target);
  if (only !== undefined && all.length === 1) return { answers: only.answers, targets };
  const answers = Array.from({ length: table.rows }, (_, row): RowAnswer => {
    const each = all.map((one) => known(one.answers[row], "an answer"));
    const missing = each.some((one) => one.missing);
    const stranger = each.find((one) => one.stranger);
    return missing || stranger === undefined ? { missing, stranger: false } : stranger;
  });
  return { answers, targets };
}

/** Whether the model knows the labels of each row; a row without any has an answer. */
function labelAnswers({ labels, reading }: LabelTarget, target: Column): readonly RowAnswer[] {
  if (target.kind === "number")
    return Array.from({ length: target.values.data.length }, () => ({ missing: true, stranger: false }));
  const separator = (reading?.as === "category" ? reading.labels : undefined) ?? "|";
  const strange = target.levels.map((level) => labelsIn(level, separator).find((label) => !labels.includes(label)));
  return Array.from(target.codes, (code) => {
    const name = strange[code];
    return name === undefined ? { missing: false, stranger: false } : { name, missing: false, stranger: true };
  });
}

/** What a row's answer is: a class by the model's name for it, or by its own where the model has none. */
interface RowAnswer {
  readonly name?: string;
  readonly missing: boolean;
  readonly stranger: boolean;
}

function answersOf(expected: SoleTarget, target: Column, rows: number): readonly RowAnswer[] {
  if (expected.kind === "labels") return labelAnswers(expected, target);
  if (expected.kind !== "classes" || target.kind === "number") {
    const data = target.kind === "number" ? target.values.data : [];
    return Array.from({ length: rows }, (_, row) => ({ missing: Number.isNaN(data[row] ?? 0), stranger: false }));
  }
  const names = target.levels.map((level) => classNamed(level, expected.classes));
  return Array.from(target.codes, (code) => {
    if (code < 0) return { missing: true, stranger: false };
    const name = names[code];
    return name === undefined
      ? { name: known(target.levels[code], "a level"), missing: false, stranger: true }
      : { name, missing: false, stranger: false };
  });
}

/** The class of a model that a file writes so: the same word, or the same number written otherwise, as `1.0` for `1`. */
function classNamed(written: string, classes: readonly string[]): string | undefined {
  if (classes.includes(written)) return written;
  const value = written.trim() === "" ? Number.NaN : Number(written);
  return classes.find((name) => name.trim() !== "" && Number(name) === value);
}

/** The target with the model's names for its classes; rows of others are taken out afterwards. */
function answered(target: Column, answers: readonly RowAnswer[]): Column {
  if (target.kind === "number") return target;
  const levels = [...new Set(answers.flatMap(({ name }) => (name === undefined ? [] : [name])))];
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return { ...target, levels, codes: Int32Array.from(answers, ({ name = "" }) => codeOf.get(name) ?? -1) };
}

/** Arrays of rows below each other. */
function joined(parts: readonly NdArray[]): NdArray {
  const first = known(parts[0], "a table");
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = first.dtype === "int32" ? new Int32Array(length) : new Float32Array(length);
  let [at, rows] = [0, 0];
  for (const { data: some, shape } of parts) {
    data.set(some, at);
    at += some.length;
    rows += shape[0] ?? 0;
  }
  return ndarray(data, [rows, ...first.shape.slice(1)]);
}
