/** Runs beside each other on the very same dev rows: which is best, and whether the others are more than chance away. */
import { applyPreparation, type Examples, NablaError, type Task } from "nabla";
import { balancedError, type Effect, effectOf, type RowResults, rowResults, weighsClassesAlike } from "nabla/diagnose";
import { weightedMean, weightedVariance } from "nabla/statistics";
import type { Run } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { loadMeasured } from "./measured-model.ts";
import { inOwnUnit, squaredDistance } from "./own-unit.ts";
import { refuseOtherParts } from "./same-parts.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** One of the runs. */
export interface ComparedRun {
  readonly run: Run;
  /** The share of dev rows that are wrong, or the mean of the classes' where they weigh alike; for numbers 1 - R² in the target's own unit. */
  readonly error: number;
  /** Of numbers, in the target's own unit. */
  readonly rmse?: number;
  /** How much more error it makes than the best, on the same rows, with a 95% interval; none for the best itself. */
  readonly behind?: Effect;
}

/** Runs by their error on dev, the best first. */
export interface RunComparison {
  readonly task: Task;
  /** Whether classes weigh alike, as in the verdict: by `--balance`, and where some class is rare. */
  readonly balanced: boolean;
  /** Dev rows, the same for all. */
  readonly rows: number;
  readonly compared: readonly ComparedRun[];
}

/**
 * Measures runs of the same data and parts on their dev rows, each by the network that did not learn them. Differences are
 * paired: rows that two networks both get right, or both wrong, do not count as noise. Throws `compare/runs` for fewer than
 * two and for runs that do not share their dev rows, `run/…`, `data/changed` and `model/…`.
 */
export async function compareRuns(ids: readonly string[], store: RunStore): Promise<RunComparison> {
  const runs: Run[] = [];
  for (const id of ids) {
    const run = await store.get(id);
    if (runs.some((other) => other.id === run.id))
      throw new NablaError("compare/runs", `${run.id} was named twice`, "name each run once");
    runs.push(run);
  }
  const [first, ...others] = runs;
  if (first === undefined || others.length === 0)
    throw new NablaError(
      "compare/runs",
      "one run has nothing beside it",
      "nabla compare <run> <run>; nabla runs lists all",
    );
  for (const other of others) refuseOtherParts(first, other, "compare/runs");
  const measured: Measured[] = [];
  for (const run of runs) measured.push(await measure(run));
  const { seed, balance } = experimentOf(first);
  const balanced = measured.some(({ results }) => weighsClassesAlike(results, balance === "none" ? undefined : true));
  return rank(balanced ? measured.map(withBalancedError) : measured, { seed, balanced });
}

function withBalancedError(one: Measured): Measured {
  return { ...one, error: balancedError(one.results).error };
}

interface Measured {
  readonly run: Run;
  readonly results: RowResults;
  readonly error: number;
  readonly rmse?: number;
}

async function measure(run: Run): Promise<Measured> {
  const model = await loadMeasured(run);
  const examples = applyPreparation(model.preparation, (await partsOf(run)).dev);
  const results = await rowResults(model.trained, examples);
  if (results.task !== "regression") return { run, results, error: weightedMean(results.mistakes, results.weights) };
  return { run, ...(await ownMistakes(model, examples, results)) };
}

/** Squared distances in the target's own unit, since runs may learn it on different scales. */
async function ownMistakes(
  model: TrainedModel,
  examples: Examples,
  results: RowResults,
): Promise<Omit<Measured, "run">> {
  const own = await inOwnUnit(model, examples);
  const targets = Float64Array.from(own.targets);
  const mistakes = Float64Array.from(targets, (target, row) => (target - (own.answers[row] ?? Number.NaN)) ** 2);
  const square = squaredDistance(own);
  return {
    results: { ...results, mistakes, targets: { dtype: "float64", shape: [targets.length, 1], data: targets } },
    error: square / weightedVariance(targets, results.weights),
    rmse: Math.sqrt(square),
  };
}

function rank(
  measured: readonly Measured[],
  options: { readonly seed: number; readonly balanced: boolean },
): RunComparison {
  const [best, ...others] = measured.toSorted((a, b) => a.error - b.error);
  if (best === undefined) throw new NablaError("compare/runs", "no run was named");
  const { task, mistakes } = best.results;
  const plain = ({ results: _, ...one }: Measured): ComparedRun => one;
  const behind = (one: Measured): Effect => effectOf(one.results, best.results, options);
  return {
    task,
    balanced: options.balanced,
    rows: mistakes.length,
    compared: [plain(best), ...others.map((one) => ({ ...plain(one), behind: behind(one) }))],
  };
}
