/** Runs beside each other on the very same dev rows: which is best, and whether the others are more than chance away. */
import {
  applyPreparation,
  checkMeasure,
  compact,
  describe,
  type Examples,
  errorBy,
  type Json,
  known,
  type Measure,
  measureFrom,
  NablaError,
  ndarray,
  type Task,
  targetUnit,
} from "nabla";
import { type Effect, effectOf, type RowResults, rowResults } from "nabla/diagnose";
import { asRecord } from "../experiment/choice.ts";
import type { Run } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { measureOfRows } from "./decides.ts";
import { loadMeasured } from "./measured-model.ts";
import { inOwnUnit, squaredDistance } from "./own-unit.ts";
import { refuseOtherParts } from "./same-parts.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** One of the runs. */
export interface ComparedRun {
  readonly run: Run;
  /** The error by what decides: the lower, the better; of a measure where more is better 1 minus it. */
  readonly error: number;
  /** Of numbers, in the target's own unit. */
  readonly rmse?: number;
  /** By how much it is behind the best by that measure, on the same rows, with a 95% interval; none for the best itself. */
  readonly behind?: Effect;
}

/** Runs by what decides on dev, the best first. */
export interface RunComparison {
  readonly task: Task;
  /** What decides, as data: the measure of the runs, or where they have different ones that of the first. */
  readonly measure: Json;
  /** What the target is measured in; absent where that is not known. */
  readonly unit?: string;
  /** Dev rows, the same for all. */
  readonly rows: number;
  readonly compared: readonly ComparedRun[];
}

/** Options of `compareRuns`. */
export interface CompareRunsOptions {
  /** What decides, such as "auc"; by default what decided the runs. */
  readonly measure?: Json | undefined;
}

/**
 * Measures runs of the same data and parts on their dev rows, each by the network that did not learn them. Differences are
 * paired: rows that two networks both get right, or both wrong, do not count as noise. Throws `compare/runs` for fewer than
 * two and for runs that do not share their dev rows, `run/…`, `data/changed`, `model/…`, and
 * `train/measure` for a measure that the dev rows do not have.
 */
export async function compareRuns(
  ids: readonly string[],
  store: RunStore,
  { measure: asked }: CompareRunsOptions = {},
): Promise<RunComparison> {
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
  for (const run of runs) measured.push(await measureRun(run));
  const resolved = experimentOf(first);
  const { results } = known(measured[0], "a run");
  const own = measureOfRows(asked === undefined ? resolved : { ...resolved, measure: asked }, results);
  // rows are in the unit of the target already
  const { level, positive } = asRecord(describe(own) as Json);
  const measure = measureFrom(compact({ kind: own.kind, level, positive }) as Json);
  checkMeasure(measure, results, "dev");
  return rank(measured, { seed: resolved.seed, measure });
}

interface Measured {
  readonly run: Run;
  /** Of numbers all in the unit of the target. */
  readonly results: RowResults;
  readonly rmse?: number;
  readonly unit?: string | undefined;
}

async function measureRun(run: Run): Promise<Measured> {
  const model = await loadMeasured(run);
  const examples = applyPreparation(model.preparation, (await partsOf(run)).dev);
  const results = await rowResults(model.trained, examples);
  if (results.task !== "regression") return { run, results };
  return { run, unit: targetUnit(model.preparation), ...(await ownMistakes(model, examples, results)) };
}

/** Squared distances in the target's own unit, since runs may learn it on different scales. */
async function ownMistakes(
  model: TrainedModel,
  examples: Examples,
  results: RowResults,
): Promise<Pick<Measured, "results" | "rmse">> {
  const own = await inOwnUnit(model, examples);
  const targets = Float64Array.from(own.targets);
  const mistakes = Float64Array.from(targets, (target, row) => (target - (own.answers[row] ?? Number.NaN)) ** 2);
  const shape = [targets.length, 1];
  return {
    results: { ...results, mistakes, answers: Float64Array.from(own.answers), targets: ndarray(targets, shape) },
    rmse: Math.sqrt(squaredDistance(own)),
  };
}

function rank(
  measured: readonly Measured[],
  options: { readonly seed: number; readonly measure: Measure },
): RunComparison {
  const { measure } = options;
  const errors = measured.map((one) => ({ ...one, error: errorBy(measure, one.results) }));
  const [best, ...others] = errors.toSorted((a, b) => a.error - b.error);
  if (best === undefined) throw new NablaError("compare/runs", "no run was named");
  const { task, mistakes } = best.results;
  const plain = ({ results: _, unit: __, ...one }: (typeof errors)[number]): ComparedRun => one;
  const behind = (one: Measured): Effect => effectOf(one.results, best.results, options);
  return {
    task,
    measure: describe(measure) as Json,
    ...compact({ unit: best.unit }),
    rows: mistakes.length,
    compared: [plain(best), ...others.map((one) => ({ ...plain(one), behind: behind(one) }))],
  };
}
