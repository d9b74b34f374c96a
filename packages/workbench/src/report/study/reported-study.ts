/** What a study's report is about: the study of the store, made whole again. */
import { NablaError } from "nabla";
import { type AxisImportance, importance, type Study, studyFrom } from "nabla/tune";
import type { Facts } from "../../experiment/choice.ts";
import type { Experiment } from "../../experiment/fields.ts";
import type { StoredStudy, StoredTrial } from "../../store/study.ts";
import type { StudyStore } from "../../store/study-store.ts";
import { defaultsOf } from "../../studies/default-values.ts";
import { outcomeIn, type StudyOutcome } from "../../studies/study-record.ts";

/** A study with its trials, and what they show. */
export interface ReportedStudy {
  readonly stored: StoredStudy;
  readonly study: Study<unknown>;
  /** The trials themselves, without repeats. */
  readonly trials: readonly StoredTrial[];
  readonly outcome: StudyOutcome | undefined;
  /** The most important axis first; empty where there are too few trials to estimate it. */
  readonly importance: readonly AxisImportance[];
}

/** Fewer trials are too few to estimate importance. */
const FEWEST = 10;

/** Reads a study. Throws `store/…`, and `tune/few` where no trial has ended. */
export async function studySubject(start: string, studies: StudyStore): Promise<ReportedStudy> {
  const stored = await studies.getStudy(start);
  const all = await studies.trials(stored.name);
  const trials = all.filter(({ repeat }) => repeat === 0);
  const ended = trials.filter(({ status }) => status !== "waiting" && status !== "running");
  if (ended.length === 0) {
    const message = `no trial of the study ${stored.name} has come to its end`;
    throw new NablaError("tune/few", message, `nabla tune --study ${stored.name} resumes it`);
  }
  const study = studyFrom(stored.definition, `study ${stored.name}`);
  study.restore(trials, defaultsOf({ experiment: stored.experiment as unknown as Experiment, facts: factsOf(stored) }));
  const shares = ended.length < FEWEST ? [] : importance(study, { seed: study.seed }).axes;
  return { stored, study, trials, outcome: outcomeIn(stored), importance: shares };
}

/** As far as they decide what a hyperparameter is by default. */
function factsOf({ task, rows }: StoredStudy): Facts {
  const parts = { train: 1, dev: 1, test: 1 };
  return {
    // the loss of several targets is no hyperparameter, and the heads that it needs are not known here
    task: task === "classification" ? task : "regression",
    split: parts,
    rows: rows.train,
    outputs: 1,
    shape: [1],
    numbers: [],
    texts: [],
  };
}
