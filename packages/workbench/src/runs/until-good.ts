/** `nabla train --until-good`: the recipe run, each change a run of its own whose parent is what it changed. */
import { resolve } from "node:path";
import { compact, drain, type Json, NablaError } from "nabla";
import { type ImprovementAttempt, type ImprovementStep, improving, type MeasuredRun } from "nabla/diagnose";
import { patchExperiment } from "../experiment/patch-experiment.ts";
import type { Plan } from "../experiment/plan.ts";
import { saveTrained } from "../store/trained-model.ts";
import { withAverage } from "./average-runs.ts";
import { jobOfPlan } from "./diagnose-run.ts";
import { checkDevVaries } from "./outcome.ts";
import { doneEvent, plannedEvent, type RunEvent, type RunResult } from "./run-events.ts";
import { type TrainFileOptions, trainPlan } from "./train-file.ts";

/** Seconds reserved for saving the best run and reporting what was done. */
const CLOSING = 0.3;

/** Options of `untilGood`. */
export interface UntilGoodOptions extends TrainFileOptions {
  /** Seconds of the experiment's time already spent, as for starting and reading the data; 0 by default. */
  readonly spent?: number;
  /** Called with the id of each run that begins; nothing happens by default. */
  readonly onCreated?: (run: string) => void;
}

/**
 * Trains, diagnoses, changes and trains again until the verdict is good, the experiment's time is up or nothing is left
 * to try. Yields `planned`, a `step` for each change, and `done` with the best run, which is returned too: its model averages the
 * runs that are no worse but for chance, where that errs no more than the best alone. The test part stays sealed. Throws
 * what training a file throws, and `data/no-metric` where no change could be seen to help.
 */
export async function* untilGood(
  plan: Plan,
  { spent = 0, onCreated, ...options }: UntilGoodOptions,
): AsyncGenerator<RunEvent, RunResult, undefined> {
  checkDevVaries(plan.prepared);
  yield plannedEvent(plan);
  const { store, signal } = options;
  const { time, output, ...resolved } = plan.resolved;
  const results = new Map<string, RunResult>();
  // a request to stop ends the time budget
  const clock = (): number => (signal?.aborted === true ? Number.POSITIVE_INFINITY : performance.now() / 1000);
  let latest = "";
  const carryOut = async ({ job, patches, action }: ImprovementAttempt): Promise<MeasuredRun> => {
    const parent = results.get(keyOf(patches.slice(0, -1)))?.run;
    const timed = compact({ time: job.time });
    const changed = { ...patchExperiment(resolved, patches), ...timed };
    const why =
      action === undefined || parent === undefined ? {} : { parent, notes: `${action.because}; ${action.description}` };
    const result = await drain(trainPlan({ ...plan, resolved: changed }, { ...options, ...why }), (event) => {
      if (event.kind === "created") onCreated?.(event.run);
    });
    results.set(keyOf(patches), result);
    latest = result.run;
    return { ...result.end, ...compact({ rowResults: result.heldOut, evidence: result.evidence }) };
  };
  const steps = improving(jobOfPlan(resolved, plan.prepared), {
    ...compact({
      human: resolved.human,
      time: time === undefined ? undefined : Math.max(time - spent - CLOSING, 0.05),
    }),
    clock,
    // problems with the split are reported before the training, and fixed by how it is made
    look: () => [],
    fit: carryOut,
  });
  const told: ImprovementStep[] = [];
  for (;;) {
    const { value, done } = await steps.next();
    if (done === true) {
      const found = results.get(keyOf(value.patches));
      if (found === undefined) throw new NablaError("run/ended", "the best run was not recorded");
      const others = value.average?.patches.slice(1).flatMap((patches) => results.get(keyOf(patches)) ?? []) ?? [];
      const best = await withAverage(found, others, store);
      const named = output === undefined || best.model === undefined ? {} : { model: resolve(output) };
      if (named.model !== undefined) {
        const { preparation } = best.plan.prepared;
        await saveTrained(named.model, {
          trained: best.trained,
          preparation,
          run: best.run,
          ...compact({ temperature: best.temperature, ranges: best.ranges }),
        });
        await store.update(best.run, named);
      }
      const result = { ...best, ...named, improvement: { ended: value.ended, steps: told } };
      yield doneEvent(result);
      return result;
    }
    told.push(value);
    const { action, effect, kept, diagnosis, summary } = value;
    const data = compact({
      code: action.code,
      because: action.because,
      change: plain(action.try),
      kept,
      verdict: diagnosis.verdict,
      effect: effect === undefined ? undefined : plain(effect),
    });
    await store.append(latest, { events: [{ kind: "improvement", data }] });
    await store.update(latest, { notes: summary });
    yield { kind: "step", run: latest, ...data, summary };
  }
}

/** The same as plain data: null for numbers that are not finite, and nothing for what is undefined. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}

function keyOf(patches: ImprovementAttempt["patches"]): string {
  return JSON.stringify(patches);
}
