/** What a run's network goes by: its columns by importance, the curves of the first, and single predictions taken apart. */
import {
  applyPreparation,
  known,
  NablaError,
  type NdArray,
  type Preparation,
  predictor,
  preparedInputs,
  restoreTargets,
  soleModels,
  soleTargets,
  type Table,
  type Trained,
  takeTable,
  targetValues,
  thresholdOf,
  wantedColumns,
} from "nabla";
import { namesOf } from "nabla/answers";
import {
  type AnswerInputs,
  type ColumnEffect,
  type ColumnImportance,
  classProbabilities,
  columnEffect,
  columnGroups,
  columnImportance,
  type ExplainedPrediction,
  explainPrediction,
} from "nabla/diagnose";
import { writtenValue } from "nabla/reading";
import { imageShapeIn } from "../sources/image-shape.ts";
import { scan } from "../sources/scan.ts";
import type { Run } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import { type ExplainedPictures, explainPictures } from "./explain-pictures.ts";
import { loadMeasured } from "./measured-model.ts";
import type { PreparedModel } from "./own-unit.ts";
import { withTarget } from "./sole-targets.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** Options of `explainRun`. */
export interface ExplainRunOptions {
  readonly store: RunStore;
  /** A file whose first rows are explained one by one; none by default. */
  readonly data?: string;
  /** How many of them. Default 3. */
  readonly rows?: number;
  /** How many columns get a curve, the most important first. Default 4. */
  readonly curves?: number;
}

/** A prediction of a row of the file. */
export interface ExplainedRow extends ExplainedPrediction {
  /** The row as a spreadsheet shows it: `row 2`. */
  readonly place: string;
  /** The class, or the number as its column has it. */
  readonly prediction: string | number;
  /** The base likewise, of a number. */
  readonly average: string | number;
  /** What the row holds, by column. */
  readonly cells: Readonly<Record<string, string | number>>;
}

/** A curve with its values as their column has them. */
export interface WrittenEffect extends ColumnEffect {
  readonly labels: readonly (string | number)[];
}

/** What was found. */
export interface Explanation extends SoleExplanation {
  readonly run: Run;
  /** Dev rows that it was measured on. */
  readonly rows: number;
  /** The targets after the first, where several were learned. */
  readonly otherTargets?: readonly SoleExplanation[];
}

/** What was found of one target. */
export interface SoleExplanation {
  /** What it is called, where there are several. */
  readonly target?: string;
  /** What is predicted: names of classes, or the target. */
  readonly outputs: readonly string[];
  readonly importance: readonly ColumnImportance[];
  readonly effects: readonly WrittenEffect[];
  readonly predictions: readonly ExplainedRow[];
  /** Where it looks, of a network of pictures, which have no columns. */
  readonly pictures?: ExplainedPictures;
}

/** More rows tell little more, and take time. */
const MOST_ROWS = 2000;

/**
 * Explains a run by its dev rows, which its network did not learn. Throws `explain/blocks`, `run/no-model`,
 * `data/changed`, and what reading a file throws.
 */
export async function explainRun(
  id: string,
  { store, data, rows = 3, curves = 4 }: ExplainRunOptions,
): Promise<Explanation> {
  const run = await store.get(id);
  const model = await loadMeasured(run);
  const ofPictures = imageShapeIn(model.preparation) !== undefined;
  if (holdsBlocks(model.preparation) && !ofPictures)
    throw new NablaError("explain/blocks", "blocks of numbers are neither columns nor pictures to explain");
  const table = firstRows((await partsOf(run)).dev, MOST_ROWS);
  const { seed } = experimentOf(run);
  const all: (SoleExplanation & { readonly rows: number })[] = [];
  const models = soleModels(model.trained, model.preparation);
  for (const sole of models) {
    const own = models.length === 1 ? table : withTarget(table, sole.name);
    const target = models.length === 1 ? {} : { target: sole.name };
    if (ofPictures) {
      all.push({ ...target, ...(await explainLooks(sole, own, { data, most: rows })) });
      continue;
    }
    const { explaining, ...found } = await explainModel(sole, { table: own, seed, curves });
    const predictions = data === undefined ? [] : await explainFile(data, rows, explaining);
    all.push({ ...target, ...found, predictions });
  }
  const [first, ...others] = all;
  const otherTargets = others.map(({ rows: _, ...one }) => one);
  return { run, ...known(first, "a target"), ...(otherTargets.length === 0 ? {} : { otherTargets }) };
}

async function explainLooks(
  { trained, preparation }: PreparedModel,
  table: Table,
  files: Parameters<typeof explainPictures>[1],
): Promise<SoleExplanation & { readonly rows: number }> {
  const outputs = outputsOf(preparation.target);
  const answer = await answersOf(trained, preparation);
  const pictures = await explainPictures({ answer, preparation, outputs, table }, files);
  return { rows: pictures.rows, outputs, importance: [], effects: [], predictions: [], pictures };
}

/** A model, and rows beside which a prediction of it is taken apart. */
export interface RowExplanation {
  readonly model: PreparedModel;
  readonly table: Table;
  readonly seed: number;
  /** The file whose first row is explained. */
  readonly data: string;
}

/** More rows change what columns add up to little, and each costs answers. */
const MOST_OTHERS = 200;

/** What moved the prediction of one row; undefined for several targets and for images, which have no columns. Throws what reading the file throws. */
export async function explainFirstRow({ model, table, seed, data }: RowExplanation): Promise<ExplainedRow | undefined> {
  const { trained, preparation } = model;
  if (holdsBlocks(preparation) || preparation.target.kind === "several") return undefined;
  const answer = await answersOf(trained, preparation);
  const { inputs } = applyPreparation(preparation, firstRows(table, MOST_OTHERS));
  const explaining = { answer, preparation, others: inputs, groups: columnGroups(preparation), seed };
  return (await explainFile(data, 1, explaining))[0];
}

/** What a network goes by, without single predictions. */
export type ModelExplanation = Omit<Explanation, "run" | "predictions" | "pictures" | "target" | "otherTargets">;

interface ExplainModelOptions {
  readonly table: Table;
  readonly seed: number;
  readonly curves: number;
}

/**
 * The same in little time, for a report: fewer rows where there are many columns. Undefined for networks of images, which
 * have no columns.
 */
export async function brieflyExplained(
  model: PreparedModel,
  { table, ...options }: ExplainModelOptions,
): Promise<ModelExplanation | undefined> {
  if (holdsBlocks(model.preparation)) return undefined;
  const columns = columnGroups(model.preparation).length;
  const most = Math.max(LEAST_BRIEF_ROWS, Math.floor(BRIEF_ANSWERS / Math.max(1, columns)));
  const { explaining: _, ...found } = await explainModel(model, { ...options, table: firstRows(table, most) });
  return found;
}

/** In a report so many answers are asked for at about five a row and column, and no fewer rows than these. */
const [BRIEF_ANSWERS, LEAST_BRIEF_ROWS] = [10_000, 50];

function holdsBlocks({ columns }: Preparation): boolean {
  return columns.some(({ kind }) => kind === "block");
}

async function explainModel(
  { trained, preparation }: PreparedModel,
  { table, seed, curves }: ExplainModelOptions,
): Promise<ModelExplanation & { readonly explaining: Explaining }> {
  const answer = await answersOf(trained, preparation);
  const examples = applyPreparation(preparation, table);
  const { task, target } = preparation;
  const targets = task === "regression" ? targetValues(preparation, examples.targets).data : examples.targets.data;
  const groups = columnGroups(preparation);
  const explained = { inputs: examples.inputs, targets, task, threshold: thresholdOf(preparation) };
  const importance = await columnImportance(answer, explained, groups, { seed });
  const effects: WrittenEffect[] = [];
  for (const { column } of importance) {
    if (effects.length === curves) break;
    const effect = await columnEffect(answer, { preparation, table, column }).catch((error: unknown) => {
      if (error instanceof NablaError && error.code === "explain/column") return undefined;
      throw error;
    });
    if (effect !== undefined) effects.push({ ...effect, labels: labelsOf(effect, preparation) });
  }
  const outputs = outputsOf(target);
  const explaining = { answer, preparation, others: examples.inputs, groups, seed };
  return { rows: table.rows, outputs, importance, effects, explaining };
}

/** What each answer is: classes and labels by name, or the number. */
function outputsOf(target: Preparation["target"]): readonly string[] {
  if (target.kind === "classes") return target.classes;
  return target.kind === "number" ? [target.name] : soleTargets({ target }).flatMap(namesOf);
}

/** Dates as dates, other numbers as they are. */
function labelsOf({ column, at }: ColumnEffect, { columns }: Preparation): readonly (string | number)[] {
  const found = columns.find(({ name }) => name === column);
  return at.map((value) => writtenValue(value, found?.reading));
}

function firstRows(table: Table, most: number): Table {
  if (table.rows <= most) return table;
  return takeTable(
    table,
    Uint32Array.from({ length: most }, (_, row) => row),
  );
}

/** Probabilities of classes, each its own output, or numbers in their own unit. */
async function answersOf(trained: Trained, preparation: Preparation): Promise<AnswerInputs> {
  const compute = await predictor(trained);
  const isClass = preparation.task === "classification";
  return async (inputs) => {
    const { answers } = await compute(inputs);
    return isClass ? classProbabilities(answers) : restoreTargets(preparation, answers);
  };
}

interface Explaining {
  readonly answer: AnswerInputs;
  readonly preparation: Preparation;
  readonly others: NdArray;
  readonly groups: ReturnType<typeof columnGroups>;
  readonly seed: number;
}

async function explainFile(path: string, most: number, explaining: Explaining): Promise<readonly ExplainedRow[]> {
  const { preparation, seed } = explaining;
  const source = await scan(path, { columns: wantedColumns(preparation), chunkRows: most });
  const { target } = preparation;
  for await (const table of source) {
    const { data, shape } = preparedInputs(preparation, table);
    const width = known(shape[1], "features");
    const found: ExplainedRow[] = [];
    for (let i = 0; i < Math.min(most, table.rows); i++) {
      const row = data.subarray(i * width, (i + 1) * width);
      const explained = await explainPrediction(
        explaining.answer,
        { ...explaining, row },
        {
          seed,
          threshold: thresholdOf(preparation),
        },
      );
      const { output, value, base } = explained;
      const isNumber = target.kind === "number";
      const average = isNumber ? writtenValue(base, target.reading) : base;
      const prediction = isNumber ? writtenValue(value, target.reading) : (outputsOf(target)[output] ?? "");
      found.push({ ...explained, place: source.placeOf(i), prediction, average, cells: cellsOf(table, i) });
    }
    return found;
  }
  return [];
}

/** The cells of a row as its columns have them; missing ones are left out. */
function cellsOf({ columns }: Table, row: number): Readonly<Record<string, string | number>> {
  const cells = columns.flatMap((column): (readonly [string, string | number])[] => {
    if (column.kind === "category") {
      const level = column.levels[column.codes[row] ?? -1];
      return level === undefined ? [] : [[column.name, level]];
    }
    const value = column.values.data[row] ?? Number.NaN;
    return Number.isNaN(value) ? [] : [[column.name, writtenValue(value, column.reading)]];
  });
  return Object.fromEntries(cells);
}
