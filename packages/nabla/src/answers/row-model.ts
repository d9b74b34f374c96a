/** A model that answers rows as programs have them, read exactly as those of a file. */
import { wrongArgument } from "../array/check-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { isRecord } from "../base/value-type.ts";
import type { WantedColumn } from "../data/column-reading.ts";
import { predictedRanges } from "../data/prediction-ranges.ts";
import type { Preparation } from "../data/preparation.ts";
import type { Engine } from "../engine/contract.ts";
import type { ExchangedModel } from "../exchange/model-json.ts";
import { answerShape } from "../exchange/network.ts";
import { decideCells } from "../reading/rows-table.ts";
import { predictor } from "../train/trained.ts";
import { calibratedPreparation, calibration, outputsOf } from "./calibration.ts";
import { withRanges } from "./range-cells.ts";
import { type Answer, answersIn, type ReadRows, type Row, rowAnswers } from "./row-answers.ts";

/** A model that is ready to answer, again and again. */
export interface RowModel {
  /** The columns that a row has, with their levels; others are ignored. */
  readonly columns: readonly WantedColumn[];
  readonly preparation: Preparation;
  /**
   * `await model.predict({ area: 120, built: "1989-05-01" })`, or a list of such rows for a list of answers. Throws
   * `data/missing-column`, `data/not-a-number` and the like, which name row (from 0) and column.
   */
  readonly predict: Predict;
  /** The inputs of a row or of a list of rows, without an answer. Throws as `predict` does. */
  readonly read: (asked: unknown) => ReadRows;
  /** The answers to inputs that were read, which may be those of several calls, one below the other. */
  readonly answer: (inputs: NdArray, options?: AnswerOptions) => Promise<readonly Answer[]>;
}

/** What is answered beside the prediction. */
export interface AnswerOptions {
  /**
   * Where the true value lies with at least this probability, such as 0.9: `interval` of numbers, `set` of classes. Throws
   * `predict/interval` where the model holds too few rows that it did not learn. Default: the prediction alone.
   */
  readonly interval?: number | undefined;
}

/** One row gives one answer, a list of rows a list. */
export interface Predict {
  (row: Row, options?: AnswerOptions): Promise<Answer>;
  (rows: readonly Row[], options?: AnswerOptions): Promise<readonly Answer[]>;
}

/** Options of `rowModel`. */
export interface RowModelOptions {
  /** The engine. Default: WebAssembly. */
  readonly engine?: Engine;
  /** Whether temperature scaling is applied to probabilities. Default: where the model holds a temperature. */
  readonly calibrated?: boolean;
}

/**
 * Makes a model ready for rows: `const model = await rowModel(modelFromJson(json, weights))`. Throws `model/preparation`
 * for a model that does not know its columns, `predict/shape` for one that takes images or answers with no row of numbers,
 * `predict/series` for one that forecasts series, and `predict/uncalibrated`.
 */
export async function rowModel(model: ExchangedModel, options: RowModelOptions = {}): Promise<RowModel> {
  const { columns, read, preparation } = rowAnswers(model.preparation, { decide: decideCells });
  const answer = await inputsAnswerer({ ...model, preparation }, options);
  const predict = (async (asked: unknown, given?: AnswerOptions) => {
    const { inputs, reply } = read(asked);
    return reply(await answer(inputs, given));
  }) as Predict;
  return { columns, preparation, predict, read, answer };
}

/**
 * Answers to inputs [rows, ...shape] that a program prepared itself, such as images: `const answer = await inputsAnswerer(model)`,
 * then `await answer(preparedInputs(preparation, table))`. Throws `predict/shape` for a model whose answers are no row of
 * numbers, and `predict/uncalibrated`.
 */
export async function inputsAnswerer(
  { trained, preparation: own, temperature, ranges }: ExchangedModel & { readonly preparation: Preparation },
  { engine, calibrated }: RowModelOptions = {},
): Promise<RowModel["answer"]> {
  if (!isRecord(trained) || !isRecord(own))
    throw wrongArgument(
      "inputsAnswerer",
      "a model { trained, preparation }, as prepare.fit and fit give them",
      trained,
    );
  outputsOf(answerShape(trained));
  const adjust = calibration({ preparation: own, ...(temperature === undefined ? {} : { temperature }) }, calibrated);
  const told = calibratedPreparation(own, temperature, calibrated);
  const compute = await predictor(trained, engine === undefined ? {} : { engine });
  return async (inputs, { interval } = {}) => {
    const rangesOf = interval === undefined ? undefined : predictedRanges(own, ranges, interval);
    if (inputs.shape[0] === 0) return [];
    const { answers } = await compute(inputs);
    const found = answersIn(told, adjust(answers));
    return rangesOf === undefined ? found : withRanges(found, rangesOf(answers), own);
  };
}
