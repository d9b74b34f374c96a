/** A small study on the penguins, carried out by any crew. */
import { drain, type Json } from "nabla";
import { logInteger, logUniform, median } from "nabla/tune";
import type { Experiment } from "../../src/experiment/fields.ts";
import type { Stores } from "../../src/store/open.ts";
import type { StoredStudy } from "../../src/store/study.ts";
import type { StudyStore } from "../../src/store/study-store.ts";
import type { TuneOptions } from "../../src/studies/search.ts";
import type { StudyEvent, StudyPlan, StudyResult } from "../../src/studies/study-events.ts";
import { planStudy, reopenStudy, settledAt } from "../../src/studies/study-plan.ts";
import type { TrialExecutor } from "../../src/studies/trial-executor.ts";
import { tuneStudy } from "../../src/studies/tune-study.ts";
import { trainTrial } from "../../src/workers/train-trial.ts";
import type { QueuedTrial } from "../../src/workers/trial-queue.ts";

export interface SmallStudy {
  readonly data: string;
  readonly trials?: number;
  readonly epochs?: number;
  readonly stored?: StoredStudy;
}

/** The same study each time that it is planned. */
export async function planSmall({ data, trials = 10, epochs = 12, stored }: SmallStudy): Promise<StudyPlan> {
  const wanted = { trials, finalists: 2, repeats: 2 };
  if (stored !== undefined) return await reopenStudy(stored, wanted);
  const experiment: Experiment = { data, target: "species", hidden: [12], epochs, patience: epochs, seed: 7 };
  const space = { rate: logUniform(1e-4, 1), units: logInteger(4, 32) };
  return await planStudy(experiment, { ...wanted, name: "small", space, pruner: median(), seed: 3, round: 4 });
}

/** Carries out a study with what `crew` makes of its data, and lets go of the crew. */
export async function carryOutStudy(
  plan: StudyPlan,
  executor: TrialExecutor,
  options: Omit<TuneOptions, "executor">,
  onChange: (event: StudyEvent) => void = () => {},
): Promise<StudyResult> {
  try {
    return await drain(tuneStudy(plan, { ...options, executor }), onChange);
  } finally {
    await executor[Symbol.asyncDispose]();
  }
}

/** Records a planned study and asks for its first trial. */
export async function recordFirst(
  plan: StudyPlan,
  studies: StudyStore,
): Promise<{ study: StoredStudy; trial: QueuedTrial }> {
  const { name, experiment, parts, facts, study, wanted } = plan;
  const asked = study.ask();
  if (asked === undefined) throw new Error("nothing is asked for");
  const stored = await studies.createStudy({
    name,
    definition: study.definition,
    plan: { ...wanted },
    experiment: experiment as unknown as Json,
    data: { path: experiment.data, sha256: parts.sha256 },
    version: "0.1.0",
    task: facts.task,
    target: String(experiment.target),
    rows: parts.rows,
  });
  const { number, units, seed } = asked;
  const values = asked.values as Json;
  await studies.ask(name, [{ number, repeat: 0, units, values }]);
  return { study: stored, trial: { number, repeat: 0, task: { settled: settledAt(plan, values, seed) } } };
}

/** Trains in this thread, one trial after the other. */
export function inThisThread({ studies }: Stores, data: Parameters<typeof trainTrial>[1]): TrialExecutor {
  let last = Promise.resolve();
  return {
    size: 1,
    stop: () => {},
    submit: ({ study, number, repeat, task, onChange }) => {
      const trained = last.then(async () => {
        const claim = await studies.claim(study, { number, repeat });
        onChange({ reports: [], share: 0 });
        const end = await trainTrial(task, data, { clock: () => 0, stopped: () => false, signal: onChange });
        if (end.state !== "stopped") await studies.tell(claim, end);
        onChange({ reports: end.state === "stopped" ? [] : end.reports, share: 1 });
        return end;
      });
      last = trained.then(() => {});
      return trained;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
