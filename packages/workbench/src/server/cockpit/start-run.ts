/** Trainings that pages start. */
import { compact, drain, NablaError } from "nabla";
import type { JobPatch } from "nabla/diagnose";
import { patchExperiment } from "../../experiment/patch-experiment.ts";
import { type Plan, planExperiment, planWithoutLeaks } from "../../experiment/plan.ts";
import { replay } from "../../runs/replay.ts";
import { resumeRun } from "../../runs/resume-run.ts";
import type { RunEvent } from "../../runs/run-events.ts";
import { experimentOf, planOf } from "../../runs/stored-run.ts";
import { trainPlan } from "../../runs/train-file.ts";
import { type UntilGoodOptions, untilGood } from "../../runs/until-good.ts";
import type { RunStore } from "../../store/run-store.ts";
import type { FilledForm } from "./api-start.ts";
import { filledExperiment } from "./start-plans.ts";

/**
 * What a page may start: what a form says, a change of a run that its diagnosis proposes, the rest of a run, or the same once more
 * with its layers recorded.
 */
export type RunOrder =
  | { readonly kind: "train"; readonly form: FilledForm; readonly untilGood: boolean; readonly parent?: string }
  | { readonly kind: "try"; readonly run: string; readonly step: number }
  | { readonly kind: "resume"; readonly run: string }
  | { readonly kind: "watch"; readonly run: string };

/** What pages start is looked at there. */
const WATCHED = { watch: "health" } as const;

/** Carries an order out. Throws what planning and training throw. */
export async function* runEvents(order: RunOrder, store: RunStore): AsyncGenerator<RunEvent, unknown, undefined> {
  if (order.kind === "resume") return yield* resumeRun(order.run, { store, live: true });
  if (order.kind === "train") {
    const said = await filledExperiment(order.form);
    // so that there is a penalty to be raised
    const penalty = { penalty: { kind: "l2", strength: 0 } } as const;
    const experiment = { ...WATCHED, ...(said.penalty === undefined ? penalty : {}), ...said };
    const parent = compact({ parent: order.parent });
    if (order.untilGood)
      return yield* improvedRun(await planWithoutLeaks({ ...WATCHED, ...said }), { store, ...parent });
    return yield* trainPlan(await planExperiment(experiment), { store, live: true, ...parent });
  }
  const run = await store.get(order.run);
  // the network that is watched is the first of its members, whatever others there are
  if (order.kind === "watch") return yield* replay(run, { store, beside: { ...WATCHED, members: 1, refit: "none" } });
  const { output: _output, ...resolved } = experimentOf(run);
  const step = run.outcome?.recipe?.[order.step];
  if (step === undefined) throw new NablaError("ui/step", `the run ${run.id} proposes no change of that number`);
  const patched = patchExperiment(resolved, [step.try as JobPatch]);
  const plan = await planOf(run, { ...patched, ...WATCHED });
  return yield* trainPlan(plan, { store, parent: run.id, notes: step.description, live: true });
}

/** Tells the first of the runs once it is in the store, and goes on until the best one. */
async function* improvedRun(plan: Plan, options: UntilGoodOptions): AsyncGenerator<RunEvent, unknown, undefined> {
  const first = Promise.withResolvers<string>();
  const best = drain(untilGood(plan, { ...options, onCreated: first.resolve }));
  const run = await Promise.race([first.promise, best.then((result) => result.run)]);
  yield { kind: "created", run, store: options.store.place };
  return await best;
}
