import { compact } from "nabla";
import { targetText } from "nabla/tables";
import type { ForecastScore } from "../store/forecast-record.ts";
import {
  type BaselineScore,
  type ExtraFailure,
  type RecipeStep,
  type Score,
  type Shipped,
  scoreIn,
} from "../store/run.ts";
import type { TargetOutcome } from "../text/targets.ts";
import type { RunResult } from "./run-events.ts";

/** The one document that `nabla train --json` prints. */
export interface TrainDocument {
  readonly run: string;
  readonly task: string;
  readonly target: string;
  readonly rows: { readonly train: number; readonly dev: number; readonly test: number };
  readonly parameters: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly seed: number;
  /** Of the network that was watched. For regression `error` is 1 - R², and `rmse` is next to it in the target's unit. */
  readonly train: Score | null;
  readonly dev: Score | null;
  readonly baseline: { readonly error: number } | null;
  /** What a linear model and nearest neighbors reach on dev, and by how much the network is better. */
  readonly baselines?: readonly BaselineScore[];
  /** Where rows are forecasts: their errors beside what needs no network. */
  readonly forecast?: ForecastScore;
  /** Each of several targets, with a verdict of its own. */
  readonly targets?: readonly TargetOutcome[];
  /** The model: the measured network, or what learned more; of several networks with their out-of-fold error. */
  readonly shipped: Shipped | null;
  /** What was asked for beside the training and failed. */
  readonly failures?: readonly ExtraFailure[];
  /** The model's folder; null when no epoch was finished. */
  readonly model: string | null;
  readonly verdict: string;
  /** What to try, the likeliest first: the same list as the summary, `nabla diagnose` and the report have. */
  readonly recipe: readonly RecipeStep[];
  /** The changes that were tried, with --until-good. */
  readonly improvement?: {
    readonly ended: string;
    readonly steps: readonly { readonly code: string; readonly kept: boolean; readonly summary: string }[];
  };
}

/** A result as plain data for programs. */
export function documentOf({
  run,
  plan,
  outcome,
  parameters,
  model,
  diagnosis,
  improvement,
}: RunResult): TrainDocument {
  const { resolved, parts } = plan;
  return {
    run,
    task: resolved.task,
    target: parts.profile.target ?? targetText(resolved.target),
    rows: parts.rows,
    parameters,
    epochs: outcome.epochs,
    seconds: outcome.seconds,
    seed: resolved.seed,
    train: scoreIn(outcome, "train") ?? null,
    dev: scoreIn(outcome, "dev") ?? null,
    baseline: outcome.baseline ?? null,
    ...(outcome.baselines === undefined ? {} : { baselines: outcome.baselines }),
    ...compact({ forecast: outcome.forecast, targets: outcome.targets }),
    shipped: outcome.shipped ?? null,
    ...(outcome.failures === undefined ? {} : { failures: outcome.failures }),
    model: model ?? null,
    verdict: outcome.verdict ?? diagnosis.verdict,
    recipe: outcome.recipe ?? [],
    ...(improvement === undefined
      ? {}
      : {
          improvement: {
            ended: improvement.ended,
            steps: improvement.steps.map(({ action, kept, summary }) => ({ code: action.code, kept, summary })),
          },
        }),
  };
}
