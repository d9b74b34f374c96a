import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { float64Engine } from "../engine/wasm/engine.ts";
import { type ByPath, RANDOM } from "../nn/model.ts";
import { gradientDescent } from "../optim/gradient-descent.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { exampleFeeds } from "../train/example-inputs.ts";
import { resolveJob } from "../train/job.ts";
import { type CostSpec, modelCost } from "../train/model-cost.ts";
import { prepareStep } from "../train/step.ts";
import { checkGradients, type GradientOptions, type GradientSpec } from "./gradient-check.ts";
import type { GradientReport } from "./gradient-report.ts";

/** A model to check as it trains. A few examples are enough: their mean loss is the cost. */
export interface ModelSpec extends CostSpec {
  /** What trains between the points of `checkAt`. Default: gradient descent at a rate of 0.1. */
  readonly optimizer?: Optimizer;
  /** Whether dropout draws the same masks at every run. Default true; without it there is no slope to check. */
  readonly frozen?: boolean;
}

/** Options of `gradientCheck`. */
export interface ModelCheckOptions extends GradientOptions {
  /** Training steps after which to check, such as [0, 50]: some mistakes do not show at initialization. Default [0]. */
  readonly checkAt?: readonly number[];
}

/** The report of the worst point, and those of all. */
export interface ModelReport extends GradientReport {
  readonly points: readonly (GradientReport & { readonly step: number })[];
}

/**
 * Checks the gradients of a model in training mode, or of any cost. All is computed in float64;
 * dropout masks are frozen, batch norm uses the batch statistics, and the penalty is part of the cost.
 */
export async function gradientCheck(
  what: ModelSpec | GradientSpec,
  options: ModelCheckOptions = {},
): Promise<ModelReport> {
  const { checkAt = [0], ...rest } = options;
  for (const steps of checkAt) inRange("checkAt", steps, { atLeast: 0, whole: true });
  if ("cost" in what) {
    const report = await checkGradients(what, rest);
    return { ...report, points: [{ ...report, step: 0 }] };
  }
  const points: ModelReport["points"][number][] = [];
  for (const { steps, weights } of await walkOf(what, options.seed ?? 1, checkAt)) {
    const spec = specOf(weights === undefined ? what : { ...what, weights }, rest.seed ?? 1);
    points.push({ ...(await checkGradients(spec, rest)), step: steps });
  }
  const badness = (report: GradientReport): number => Math.max(report.error, report.parameters[0]?.error ?? 0);
  const worst = known(points.toSorted((a, b) => badness(b) - badness(a))[0], "a point to check at");
  const { step, ...report } = worst;
  const after = step === 0 ? "" : ` After ${step} steps.`;
  return { ...report, summary: `${report.summary}${after}`, points };
}

function specOf({ frozen = true, ...spec }: ModelSpec, seed: number): GradientSpec {
  const { cost, parameters, feeds } = modelCost(spec, { seed });
  const random = feeds[RANDOM];
  if (frozen || typeof random !== "object") return { cost, parameters, feeds };
  let step = 0;
  const drawn = (): NdArray => ({ ...random, data: Int32Array.of(...random.data.subarray(0, 2), step++) });
  return { cost, parameters, feeds: () => ({ ...feeds, [RANDOM]: drawn() }) };
}

/** The weights after so many steps each; undefined where the spec's own are meant. */
async function walkOf(
  { model, loss, penalty, examples, weights, optimizer = gradientDescent({ rate: 0.1 }) }: ModelSpec,
  seed: number,
  stops: readonly number[],
): Promise<readonly { readonly steps: number; readonly weights: ByPath<NdArray> | undefined }[]> {
  const last = Math.max(0, ...stops);
  if (last === 0) return [{ steps: 0, weights: undefined }];
  const job = { model, loss, optimizer, train: examples, batch: examples.rows, seed, engine: float64Engine() };
  const step = await prepareStep(resolveJob(penalty === undefined ? job : { ...job, penalty }));
  for (const [path, array] of weights ?? []) step.program.write(known(step.states.get(path), path), array);
  const feeds: Record<string, NdArray | number> = { ...exampleFeeds(examples) };
  const seen: { readonly steps: number; readonly weights: ByPath<NdArray> | undefined }[] = [];
  for (let steps = 0; steps <= last; steps++) {
    if (stops.includes(steps)) {
      seen.push({ steps, weights: steps === 0 ? weights : await step.program.readAll(step.states) });
    }
    step.feed(step.settings, steps, feeds);
    await step.program.run(feeds);
  }
  return seen;
}
