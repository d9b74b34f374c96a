/** A study from its first trial to its model: what `nabla tune` does, as a generator of events. */
import { compact, drain, type Json } from "nabla";
import { trialSeed } from "nabla/tune";
import { withMembers } from "../experiment/folds.ts";
import { libraryVersion } from "../host/version.ts";
import { trainPlan } from "../runs/train-file.ts";
import type { StoredTrial } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import { defaultsOf } from "./default-values.ts";
import { Search, type TuneOptions } from "./search.ts";
import {
  bestTrialOf,
  type Decision,
  plannedStudyEvent,
  type StudyEvent,
  type StudyPlan,
  type StudyResult,
} from "./study-events.ts";
import { settledAt } from "./study-plan.ts";
import { outcomeIn, studyOutcomeOf } from "./study-record.ts";

/**
 * Carries out a study: trials, repeats of the best ones, the winner as a run of its own. The trials and their results
 * follow from the plan alone, whoever trains and however often it was stopped. Throws `tune/failing`, with everything
 * recorded, and what the store throws.
 */
export async function* tuneStudy(
  plan: StudyPlan,
  options: TuneOptions,
): AsyncGenerator<StudyEvent, StudyResult, undefined> {
  yield plannedStudyEvent(plan);
  const { studies, signal } = options;
  const kept = await begin(plan, studies);
  const search = new Search(plan, options, kept);
  try {
    const { done, pruned, failed } = plan.study.summary();
    const counts = { done, pruned, failed };
    yield { kind: "created", name: plan.name, store: studies.place, counts, ...bestTrialOf(plan.study) };
    yield* search.trials();
    yield* search.repeats();
    await search.end();
    const result = search.result();
    const { decision } = result;
    const trained =
      decision === undefined || signal?.aborted === true ? {} : yield* trainWinner(plan, decision, options);
    const whole = { ...result, ...trained, seconds: search.seconds };
    await studies.updateStudy(plan.name, { status: whole.state, outcome: studyOutcomeOf(whole) });
    const { plan: _, ...told } = whole;
    yield { kind: "done", name: plan.name, ...told };
    return whole;
  } catch (error) {
    await search.end();
    const notes = error instanceof Error ? error.message : String(error);
    await studies.updateStudy(plan.name, { status: "failed", notes }).catch(() => {});
    throw error;
  }
}

/** Records the study, or takes the lead of it again; gives the trials that are there. */
async function begin(plan: StudyPlan, studies: StudyStore): Promise<readonly StoredTrial[]> {
  const { name, experiment, parts, facts, study, wanted, stored, address = experiment.data } = plan;
  const changing = { definition: study.definition, plan: { ...wanted } };
  if (stored === undefined) {
    await studies.createStudy({
      name,
      ...changing,
      experiment: experiment as unknown as Json,
      data: { path: address, sha256: parts.sha256 },
      version: await libraryVersion(),
      task: facts.task,
      target: experiment.target,
      rows: parts.rows,
    });
    return [];
  }
  await studies.resumeStudy(name);
  await studies.updateStudy(name, changing);
  const kept = await studies.trials(name);
  study.restore(
    kept.filter(({ repeat }) => repeat === 0),
    defaultsOf(plan),
  );
  return kept;
}

type Winner = Pick<StudyResult, "run" | "model">;

/** Trains the winner with its own seed, so that run and model show what its trial gave; once for each winner. */
async function* trainWinner(
  plan: StudyPlan,
  decision: Decision,
  { runs, folder }: TuneOptions,
): AsyncGenerator<StudyEvent, Winner, undefined> {
  const { number, values } = decision.winner;
  const before = plan.stored && outcomeIn(plan.stored);
  if (before?.best?.number === number && before.best.run !== null) {
    const known = await runs.get(before.best.run).catch(() => undefined);
    if (known?.model !== undefined) return { run: known.id, model: known.model };
  }
  yield { kind: "winner", decision };
  const seed = trialSeed(plan.study.seed, number);
  const { output } = plan.experiment;
  const { parts, prepared, notices } = plan;
  const settled = withMembers(plan.experiment, settledAt(plan, values as Json, seed), parts);
  const resolved = { ...settled, ...compact({ output }) };
  const notes = `trial ${number} of the study ${plan.name}`;
  const training = trainPlan({ resolved, parts, prepared, notices }, { store: runs, notes, ...compact({ folder }) });
  const { run, model } = await drain(training);
  return compact({ run, model });
}
