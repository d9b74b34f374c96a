/** What decides between epochs, trainings and models: one measure, used alike wherever something is compared. */
import { wrongArgument } from "../../array/check-array.ts";
import type { NdArray } from "../../array/ndarray.ts";
import { compact } from "../../base/compact.ts";
import type { Described } from "../../base/described.ts";
import { known, NablaError } from "../../base/error.ts";
import { family } from "../../base/family.ts";
import { namedValue } from "../../base/named.ts";
import { weightedMean } from "../../base/statistics/weighted.ts";
import { isRecord } from "../../base/value-type.ts";
import type { AnyExamples } from "../../data/examples.ts";
import type { Task } from "../../data/preparation.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Signal } from "../../nn/layer.ts";
import type { Loss } from "../../nn/loss.ts";
import { headsOf, type Term } from "../objective.ts";

/** Rows with what is true and what was predicted: what a measure is computed from. */
export interface MeasuredRows {
  readonly task: Task;
  /** 0 or 1 for classes, the squared difference for numbers: [rows]. */
  readonly mistakes: ArrayLike<number>;
  /** The true class codes [rows], or the true numbers [rows, k]. */
  readonly targets: NdArray;
  /** The predictions: probabilities or numbers, [rows, outputs]. */
  readonly answers: ArrayLike<number>;
  /** How much each row counts. By default all count 1. */
  readonly weights?: Float64Array;
}

/** Targets as a measure needs to know them before anything was predicted. */
export type MeasurableRows = Pick<MeasuredRows, "task" | "targets">;

/** What a kind of measure is made of. */
export interface MeasureBody {
  /** What people call it, as `AUC`. */
  readonly title: string;
  /** How an error is one by it, where it is told as an error: `averaged over classes`. By default it is told by its title. */
  readonly meaning?: string;
  /** Whether less or more of it is better. */
  readonly better: "less" | "more";
  /** What it is counted in: a share from 0 to 1, the unit of the target, or a number without a unit. */
  readonly unit: "share" | "target" | "number";
  /** What it can be measured on, in words, where these rows are not that. */
  readonly refuses: (rows: MeasurableRows) => string | undefined;
  /**
   * The part that each row has in the error: their mean, by the weights of the rows, is the error, which is the measure itself
   * where less is better, and 1 minus it where more is. For ratios and rankings these are values of influence (Hampel 1974),
   * so that differences of two models on the same rows have the variance of means.
   */
  readonly rowErrors: (rows: MeasuredRows) => Float64Array;
  /**
   * The rows, by their places, in groups that weigh alike, where a row is either right or wrong: then the error is the mean of the
   * groups' shares of mistakes, and its intervals come from counts. By default they come from the rows' parts.
   */
  readonly groups?: (rows: MeasuredRows) => readonly (readonly number[])[] | undefined;
  /** Whether it is the squared distance on the scale that is learned, divided by the variance of these very rows. By default not. */
  readonly dividesByVariance?: true;
  /** An error as a fraction of that of the best constant answer, where it is no share already. By default itself. */
  readonly relative?: (error: number, rows: MeasuredRows) => number;
}

/** A measure as data with its functions. */
export interface Measure extends MeasureBody, Described {
  /** A meter of it for a training. Throws `train/measure` where the job has several targets and none is named. */
  readonly meter: (terms: readonly Term[], target: string | undefined) => DecidingMeter;
}

/** Measures a part by what decides, beside costs and errors. */
export interface DecidingMeter {
  /** What a program gives of each row, by name. */
  readonly outputs: (output: Signal, target: Signal) => Readonly<Record<string, Tensor>>;
  /** Takes what it gave of a batch. */
  readonly add: (found: Readonly<Record<string, NdArray>>) => void;
  /** The error of all that was taken, which is then forgotten; NaN where these rows have none. */
  readonly error: (examples: MeasuredExamples) => number;
  /** Throws `train/measure` where it is not measured on such targets. */
  readonly check: (part: string, examples: MeasuredExamples) => void;
}

/** What a meter needs to know of examples. */
type MeasuredExamples = Pick<AnyExamples, "targets" | "mask" | "rows">;

/** Declares a kind of measure. */
export const measure = family<Measure, MeasureBody>((body, { kind, options }) => {
  const made = { ...body, kind, options };
  return { ...made, meter: (terms, target) => meterOf(made, subjectOf(made, terms, target)) };
});

/** The error of rows by a measure: the lower, the better; NaN where there is none. */
export function errorBy(measure: Pick<Measure, "rowErrors">, rows: MeasuredRows): number {
  checkMade("errorBy", measure, "rowErrors");
  checkRows("errorBy", rows);
  return weightedMean(measure.rowErrors(rows), rows.weights);
}

/** The same as a fraction: of what is no share already, of what the best constant answer comes to. */
export function relativeError(measure: Pick<Measure, "rowErrors" | "relative">, rows: MeasuredRows): number {
  const error = errorBy(measure, rows);
  return measure.relative?.(error, rows) ?? error;
}

/** The measure itself of an error by it. */
export function measuredValue(measure: Pick<Measure, "better">, error: number): number {
  checkMade("measuredValue", measure, "better");
  return measure.better === "more" ? 1 - error : error;
}

/** Throws `train/measure` where the measure is not one of such rows. */
export function checkMeasure(measure: Pick<Measure, "title" | "refuses">, rows: MeasurableRows, part?: string): void {
  checkMade("checkMeasure", measure, "refuses");
  checkRows("checkMeasure", rows);
  const { title } = measure;
  const refused = measure.refuses(rows);
  if (refused === undefined) return;
  throw new NablaError(
    "train/measure",
    `${title} cannot decide${part === undefined ? "" : ` on ${part}`}: ${refused}`,
    "choose another measure, or leave it out",
  );
}

function checkMade(place: string, measure: unknown, member: keyof Measure): void {
  if (isRecord(measure) && measure[member] !== undefined) return;
  throw wrongArgument(`${place} › measure`, 'a measure, as measureFrom("auc") gives', measure);
}

function checkRows(place: string, rows: unknown): void {
  if (isRecord(rows) && isRecord(rows.targets)) return;
  throw wrongArgument(`${place} › rows`, "rows, as rowResults(trained, examples) gives", rows);
}

/** Of what a measure is taken: the one target of a job, or one of several. */
interface Subject {
  /** The name of its output and its targets, where several are told apart by names. */
  readonly name: string | undefined;
  readonly loss: Loss;
  readonly target: (all: Tensor) => Tensor;
  readonly targets: (all: NdArray) => NdArray;
}

function subjectsOf(term: Term): readonly (readonly [called: string | undefined, Subject])[] {
  const { name, loss } = term;
  const heads = headsOf(term);
  if (heads.length > 0) return heads.map((head) => [head.name, { ...head, name: undefined }]);
  const itself = <T>(all: T): T => all;
  return [[name, { name, loss, target: itself, targets: itself }]];
}

function subjectOf({ title }: MeasureBody, terms: readonly Term[], wanted: string | undefined): Subject {
  const all = terms.flatMap(subjectsOf);
  const found = all.length === 1 ? all[0] : all.find(([called]) => called !== undefined && called === wanted);
  if (found !== undefined) return found[1];
  throw new NablaError(
    "train/measure",
    `${title} is of one target, and there are ${all.length}`,
    "name the one that decides as the selection target, or leave the measure out",
  );
}

/** The outputs of a program that a meter takes. */
const OUTPUTS = { mistake: "mistake of each row", answer: "answer to each row" } as const;

function meterOf(measured: Omit<Measure, "meter">, subject: Subject): DecidingMeter {
  const { name, loss } = subject;
  const { task } = loss;
  let [mistakes, answers]: [number[], number[]] = [[], []];
  const targetsOf = ({ targets }: MeasuredExamples): NdArray =>
    subject.targets(known(namedValue(targets, name), "targets"));
  const weightsOf = ({ mask, rows }: MeasuredExamples): Float64Array | undefined => {
    const own = namedValue(mask, name);
    return own && Float64Array.from({ length: rows }, (_, row) => own.data[row] ?? 0);
  };
  return {
    outputs: (output, target) => {
      const own = known(namedValue(output, name), "output");
      const truth = subject.target(known(namedValue(target, name), "target"));
      return { [OUTPUTS.mistake]: loss.exampleError(own, truth), [OUTPUTS.answer]: loss.answer(own) };
    },
    add: (found) => {
      for (const mistake of known(found[OUTPUTS.mistake], OUTPUTS.mistake).data) mistakes.push(mistake);
      for (const answer of known(found[OUTPUTS.answer], OUTPUTS.answer).data) answers.push(answer);
    },
    error: (examples) => {
      const rows = {
        task,
        mistakes,
        answers,
        targets: targetsOf(examples),
        ...compact({ weights: weightsOf(examples) }),
      };
      [mistakes, answers] = [[], []];
      return measured.refuses(rows) === undefined ? errorBy(measured, rows) : Number.NaN;
    },
    check: (part, examples) => {
      checkMeasure(measured, { task, targets: targetsOf(examples) }, part);
      if ((namedValue(examples.mask, name)?.shape.length ?? 1) === 1) return;
      const message = `${measured.title} cannot decide on ${part}: it is a measure of rows, and a mask says what counts within them`;
      throw new NablaError("train/measure", message, "choose another measure, or leave it out");
    },
  };
}
