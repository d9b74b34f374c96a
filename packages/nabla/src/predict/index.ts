/** A saved model in a page that only predicts: `nabla/predict`. */
export type { Answer, Prediction, Probabilities, Row } from "../answers/row-answers.ts";
export { NablaError } from "../base/error.ts";
export type { FileSource } from "../base/file-source.ts";
export type { WantedColumn } from "../data/column-reading.ts";
export type { Preparation } from "../data/preparation.ts";
export { intervals } from "./intervals.ts";
export {
  type OpenModel,
  type OpenModelOptions,
  openModel,
  type PredictNow,
  type PredictNowOptions,
  type Within,
} from "./open-model.ts";
