/** How good forecasts of a run were, and how that is read. */
import { read } from "nabla";
import type { ForecastFacts } from "../text/forecast.ts";

/** Root mean squared errors of forecasts so many steps ahead: of the network, and of each baseline. */
export interface StepScore {
  readonly ahead: number;
  readonly rmse: number;
  readonly baselines: readonly number[];
}

/** How good forecasts of dev are, in the unit of the target, in all and by step. */
export interface ForecastScore extends ForecastFacts {
  readonly steps: readonly StepScore[];
}

/** Reads it. Throws `record/field`. */
export const readForecast: read.Reader<ForecastScore> = read.record<ForecastScore>({
  rmse: read.number,
  baselines: read.list(read.record<ForecastScore["baselines"][number]>({ season: read.number, rmse: read.number })),
  better: read.record<ForecastScore["better"]>({
    than: read.number,
    share: read.number,
    from: read.number,
    to: read.number,
  }),
  steps: read.list(
    read.record<StepScore>({ ahead: read.number, rmse: read.number, baselines: read.list(read.number) }),
  ),
});
