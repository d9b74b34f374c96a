/** Models that answer rows as programs have them: `nabla/answers`. */
export { type AnswerRow, answerHeader, answerRows, namesOf } from "./answer-rows.ts";
export { calibratedPreparation, calibration, outputsOf } from "./calibration.ts";
export { type Forecast, type Forecasting, type ForecastOptions, forecast, forecastRows } from "./forecast.ts";
export { rangeCells, rangeHeader } from "./range-cells.ts";
export type { Answer, AnswerInterval, Prediction, Probabilities, ReadRows, Row } from "./row-answers.ts";
export {
  type AnswerOptions,
  inputsAnswerer,
  type Predict,
  type RowModel,
  type RowModelOptions,
  rowModel,
} from "./row-model.ts";
