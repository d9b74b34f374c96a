/** A study of the store, made whole again, as reports and pages show it. */
import { NablaError } from "nabla";
import { type AxisImportance, importance, type Study, studyFrom } from "nabla/tune";
import type { Facts } from "../experiment/choice.ts";
import type { Experiment } from "../experiment/fields.ts";
import type { StoredStudy, StoredTrial } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import { type MeasureWords, measureInRecord, measureWords } from "../text/measure-words.ts";
import { defaultsOf } from "./default-values.ts";
import { outcomeIn, type StudyOutcome } from "./study-record.ts";

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
  const found = studyWith(stored, await studies.trials(stored.name));
  if (endedOf(found.trials).length > 0) return found;
  const message = `no trial of the study ${stored.name} has come to its end`;
  throw new NablaError("tune/few", message, `nabla tune --study ${stored.name} resumes it`);
}

/** A stored study with its trials, of which none may have ended yet. */
export function studyWith(stored: StoredStudy, all: readonly StoredTrial[]): ReportedStudy {
  const trials = all.filter(({ repeat }) => repeat === 0);
  const study = studyFrom(stored.definition, `study ${stored.name}`);
  study.restore(trials, defaultsOf({ experiment: stored.experiment as unknown as Experiment, facts: factsOf(stored) }));
  const shares = endedOf(trials).length < FEWEST ? [] : importance(study, { seed: study.seed }).axes;
  return { stored, study, trials, outcome: outcomeIn(stored), importance: shares };
}

function endedOf(trials: readonly StoredTrial[]): readonly StoredTrial[] {
  return trials.filter(({ status }) => status !== "waiting" && status !== "running");
}

/** How what decides between its trials is told. */
export function studyWords({ experiment, task }: StoredStudy): MeasureWords {
  return measureWords(measureInRecord(experiment), { task });
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
