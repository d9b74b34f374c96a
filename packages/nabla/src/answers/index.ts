/** Models that answer rows as programs have them: `nabla/answers`. */
export { type AnswerRow, answerHeader, answerRows, namesOf } from "./answer-rows.ts";
export { calibration, outputsOf } from "./calibration.ts";
export { type Forecast, type Forecasting, type ForecastOptions, forecast, forecastRows } from "./forecast.ts";
export {
  type Answer,
  type Predict,
  type Prediction,
  type Probabilities,
  type ReadRows,
  type Row,
  type RowModel,
  type RowModelOptions,
  rowModel,
} from "./row-model.ts";
