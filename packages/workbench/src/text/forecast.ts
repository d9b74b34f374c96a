/** What is said of forecasts. */
import { unitText } from "./description.ts";
import { percent, rangeText } from "./format.ts";

/** What is known of forecasts: root mean squared errors in the unit of the target. */
export interface ForecastFacts {
  readonly rmse: number;
  /** What needs no network: the value so many steps before, 0 for the last known one. */
  readonly baselines: readonly { readonly season: number; readonly rmse: number }[];
  /** By which share the error is smaller than that of one of them, with its 95% interval. */
  readonly better: { readonly than: number; readonly share: number; readonly from: number; readonly to: number };
  /** The steps ahead that were measured. */
  readonly steps: readonly { readonly ahead: number }[];
}

/** A baseline by its season: 0 is the last known value. */
export function seasonName(season: number): string {
  return season === 0 ? "last value" : `last season (${season} steps before)`;
}

/**
 * The error of the network beside the baselines, and by how much it is better than the best of them: where its interval holds 0, that may
 * be chance, and where the network is worse, that is said too.
 */
export function forecastText({ rmse, baselines, better, steps }: ForecastFacts, unit: string | undefined): string {
  const ahead = steps.length === 1 ? "1 step ahead" : `1 to ${steps.at(-1)?.ahead} steps ahead`;
  const rivals = baselines.map(({ season, rmse: error }) => `${seasonName(season)} ${unitText(error, unit)}`);
  return `RMSE ${unitText(rmse, unit)} on dev, ${ahead}; ${rivals.join(", ")}\n${verdictText(better)}`;
}

function verdictText({ than, share, from, to }: ForecastFacts["better"]): string {
  const best = `the ${seasonName(than)}`;
  const interval = `95% interval ${rangeText({ from, to })}`;
  if (share <= 0)
    return `the network is not better than ${best}, which needs none: its error is ${percent(-share)} larger (${interval} smaller)`;
  const sure = from > 0 ? "" : ", which may be chance";
  return `the network's error is ${percent(share)} smaller than that of ${best} (${interval})${sure}`;
}
