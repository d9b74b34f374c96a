/** The model's predictions for the dev set, row by row. */
import {
  applyPreparation,
  compact,
  decidedCodes,
  joinTables,
  type NdArray,
  ndarray,
  type Preparation,
  predict,
  type RowResults,
  referenceOf,
  restoreTargets,
  type SeriesExample,
  type Table,
  type Trained,
  takeRows,
  takeTable,
  targetValues,
} from "nabla";
import { classProbabilities, likeliest, logLosses } from "nabla/diagnose";
import type { Parts } from "../experiment/parts.ts";
import type { HeldOut } from "./run-events.ts";

/** More rows than this are subsampled evenly: they show nothing more and are slow. */
const MOST = 20_000;

/** A network that is asked, and the rows that it is asked about. */
export interface AskedNetwork {
  readonly parts: Parts;
  readonly trained: Trained;
  readonly preparation: Preparation;
  /** All rows of train and dev, each by a network that did not learn it; absent where there is one network. */
  readonly heldOut?: HeldOut;
}

interface Looked {
  /** The rows that were inspected. */
  readonly table: Table;
  /** 0 or 1, or the squared distance in the target's unit. */
  readonly mistakes: Float64Array;
  /** The loss of each row: -log of the probability of its class, or the squared distance. */
  readonly losses: Float64Array;
  /** The file of each row, where rows are images of files. */
  readonly names?: readonly string[];
  /** The number of the part's rows. */
  readonly of: number;
}

/** Probabilities of classes for rows that the network did not learn. */
export interface ClassAnswers extends Looked {
  readonly kind: "classes";
  readonly classes: readonly string[];
  /** [rows, classes] */
  readonly probabilities: NdArray;
  readonly predicted: Int32Array;
  readonly confidence: Float64Array;
  readonly targets: Int32Array;
}

/** Numbers predicted for rows that the network did not learn. */
export interface NumberAnswers extends Looked {
  readonly kind: "numbers";
  /** In the target's own unit. */
  readonly predicted: Float64Array;
  readonly targets: Float64Array;
}

/** Predictions for rows that the network did not learn. */
export type Answers = ClassAnswers | NumberAnswers;

/**
 * The answers to rows that were not learned by the network that gives them: to its dev part, or to all of train and dev where
 * networks held them out in turn. Never to test. Undefined for labels, of which a row has any number.
 */
export async function answersFor({ parts, trained, heldOut, preparation }: AskedNetwork): Promise<Answers | undefined> {
  const { target } = preparation;
  if (target.kind === "several") return undefined;
  const all = heldOut === undefined ? parts.dev : joinTables(parts.train, parts.dev);
  const of = all.rows;
  const step = Math.max(1, of / MOST);
  const indices = Uint32Array.from({ length: Math.min(of, MOST) }, (_, i) => Math.floor(i * step));
  const table = of <= MOST ? all : takeTable(all, indices);
  const examples = applyPreparation(preparation, table);
  const files = parts.names && (heldOut === undefined ? parts.names.dev : [...parts.names.train, ...parts.names.dev]);
  const names = of <= MOST ? files : files && Array.from(indices, (row) => files[row] ?? "");
  const answers =
    heldOut === undefined
      ? (await predict(trained, examples.inputs)).answers
      : takeRows(answersIn(heldOut.dev), indices);
  if (target.kind === "number") {
    // forecasts are learned as differences, and looked at as values
    const from = referencesOf(
      parts,
      heldOut === undefined ? [parts.series?.dev] : [parts.series?.train, parts.series?.dev],
    );
    const whole = (values: ArrayLike<number>): Float64Array =>
      Float64Array.from(values, (value, row) => value + (from[indices[row] ?? 0] ?? 0));
    const predicted = whole(restoreTargets(preparation, answers).data);
    const targets = whole(targetValues(preparation, examples.targets).data);
    const mistakes = targets.map((value, row) => (value - (predicted[row] ?? Number.NaN)) ** 2);
    return { kind: "numbers", table, of, ...compact({ names }), predicted, targets, mistakes, losses: mistakes };
  }
  const probabilities = classProbabilities(answers);
  const { classes: likely, confidence: most } = likeliest(probabilities);
  const predicted = decidedCodes(probabilities, target);
  const confidence = most.map((share, row) => (predicted[row] === likely[row] ? share : 1 - share));
  const targets = Int32Array.from(examples.targets.data);
  const mistakes = Float64Array.from(targets, (code, row) => Number(code !== predicted[row]));
  return {
    kind: "classes",
    classes: target.classes,
    table,
    of,
    ...compact({ names }),
    probabilities,
    predicted,
    confidence,
    targets,
    mistakes,
    losses: logLosses(probabilities, targets),
  };
}

/** What forecasts are differences from; nothing where rows are none. */
function referencesOf({ series }: Parts, parts: readonly (readonly SeriesExample[] | undefined)[]): readonly number[] {
  if (series === undefined) return [];
  const { reference } = series.preparation.recipe;
  return parts.flatMap((examples = []) => examples.map((example) => referenceOf(reference, example)));
}

function answersIn({ answers, mistakes }: RowResults): NdArray {
  return ndarray(Float32Array.from(answers), [mistakes.length, answers.length / Math.max(1, mistakes.length)]);
}
