/** A study from its first trial to its model: what `nabla tune` does, as a generator of events. */

import { compact, type Json } from "nabla";
import { targetText } from "nabla/tables";
import { libraryVersion } from "../host/version.ts";
import type { StoredTrial } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import { defaultsOf } from "./default-values.ts";
import { type Handed, handOver } from "./hand-over.ts";
import { Search, type TuneOptions } from "./search.ts";
import {
  bestTrialOf,
  type Decision,
  type Finalist,
  plannedStudyEvent,
  type StudyEvent,
  type StudyPlan,
  type StudyResult,
} from "./study-events.ts";
import { isAskedToStop, outcomeIn, type StudyOutcome, studyOutcomeOf } from "./study-record.ts";

/**
 * Carries out a study: trials, repeats of the best ones, the winner as a run of its own. The trials and their results
 * follow from the plan alone, whoever trains and however often it was stopped. Throws `tune/failing`, with everything
 * recorded, and what the store throws.
 */
export async function* tuneStudy(
  plan: StudyPlan,
  given: TuneOptions,
): AsyncGenerator<StudyEvent, StudyResult, undefined> {
  yield plannedStudyEvent(plan);
  const { studies } = given;
  const kept = await begin(plan, studies);
  using asked = watchForStop(plan.name, given);
  const { signal } = asked;
  const options = { ...given, signal };
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
      decision === undefined || signal.aborted ? {} : yield* trainFinalists(plan, decision, options, search);
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

/** Milliseconds between two looks whether somebody asked a study to stop. */
const LOOK = 1000;

/** A signal that ends the study when the caller asks for it, or anybody by the store. */
function watchForStop(name: string, { studies, signal }: TuneOptions): Disposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    // a store that cannot be read now is read again
    const found = await studies.getStudy(name).catch(() => undefined);
    looking = false;
    if (found !== undefined && isAskedToStop(found)) stop.abort();
  };
  const timer = setInterval(look, LOOK).unref();
  return {
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    [Symbol.dispose]: () => clearInterval(timer),
  };
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
      target: targetText(experiment.target),
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

/** Trains the finalists and hands over the best of them; what an earlier process handed over stays where it is the same. */
async function* trainFinalists(
  plan: StudyPlan,
  decision: Decision,
  { runs, folder, signal, time }: TuneOptions,
  search: Search,
): AsyncGenerator<StudyEvent, Handed, undefined> {
  const before = plan.stored && outcomeIn(plan.stored);
  if (before !== undefined && sameFinalists(before, decision)) {
    const { run, model } = before.best ?? {};
    const known = run === null || run === undefined ? undefined : await runs.get(run).catch(() => undefined);
    if (known?.model !== undefined && model !== null)
      return compact({ run: known.id, model, handed: before.handed, decision: asBefore(decision, before) });
  }
  const left = time === undefined ? undefined : () => time - search.seconds - 1;
  return yield* handOver(plan, decision, { runs, left, ...compact({ folder, signal }) });
}

function asBefore({ winner, finalists, summary }: Decision, { best }: StudyOutcome): Decision {
  const same = finalists.find(({ number }) => number === best?.number);
  return { winner: same ?? winner, finalists, summary: best?.said ?? summary };
}

function sameFinalists({ finalists }: StudyOutcome, decision: Decision): boolean {
  const numbersOf = (all: readonly Finalist[]): string =>
    all
      .map(({ number }) => number)
      .toSorted()
      .join();
  return numbersOf(finalists) === numbersOf(decision.finalists);
}
