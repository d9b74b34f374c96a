/** Several runs combined into one model, which predicts the mean of their probabilities. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  applyPreparation,
  bestOf,
  compact,
  decidedLoss,
  ensembleGain,
  ensembleOf,
  evaluate,
  type Gain,
  known,
  type Measures,
  NablaError,
  type Preparation,
  type RowResults,
  rangeScores,
  rowResults,
  type Trained,
  thresholdOf,
} from "nabla";
import { meanOf } from "nabla/statistics";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { checkOutput } from "../store/model-output.ts";
import type { Run } from "../store/run.ts";
import { modelOf } from "../store/run-model.ts";
import type { RunStore } from "../store/run-store.ts";
import { loadTrained, saveTrained, type TrainedModel } from "../store/trained-model.ts";
import { bestThreshold, thresholdMeasure } from "./decide-threshold.ts";
import { loadMeasured } from "./measured-model.ts";
import { refuseOtherParts } from "./same-parts.ts";
import { snapshotFolder } from "./snapshots.ts";
import { experimentOf, partsOf } from "./stored-run.ts";

/** Options of `ensembleRuns`. */
export interface EnsembleOptions {
  readonly store: RunStore;
  /** The folder of the new model. */
  readonly output: string;
  /** How many members to take, the best on dev first; default all. */
  readonly top?: number;
  /** Takes the snapshots of each run in place of its model. Not by default. */
  readonly snapshots?: boolean;
}

/** A model that may be part of an ensemble. */
export interface Member {
  /** The run, and after it the number of a snapshot. */
  readonly name: string;
  readonly trained: Trained;
  /** Of the network that did not learn dev. */
  readonly dev: Measures;
}

/** An ensemble that was written. */
export interface Ensemble {
  readonly output: string;
  readonly members: readonly Member[];
  /** Measured on the dev set; never on test. */
  readonly gain: Gain;
  /** Rows of the dev set. */
  readonly rows: number;
  /** From which probability the positive one of two classes is the answer; absent where the likelier one is. */
  readonly threshold?: EnsembleThreshold;
}

/** The threshold of an ensemble. */
export interface EnsembleThreshold {
  readonly class: string;
  readonly from: number;
  /** Whether dev chose it anew, since those of the members differ. */
  readonly chosen: boolean;
}

/**
 * Writes one model folder for several runs of the same data and parts, and measures on dev what it gains. Throws
 * `ensemble/members` for runs that do not belong together, `ensemble/snapshots`, `run/no-model`, `data/changed`,
 * `files/…`.
 */
export async function ensembleRuns(ids: readonly string[], options: EnsembleOptions): Promise<Ensemble> {
  const { store, output, top, snapshots = false } = options;
  await checkOutput(output);
  const runs: Run[] = [];
  for (const id of ids) runs.push(await store.get(id));
  const [first] = runs;
  if (first === undefined) throw new NablaError("ensemble/members", "no run was named", "nabla ensemble <run> <run>");
  for (const run of runs.slice(1)) refuseOtherParts(first, run, "ensemble/members");
  const parts = await partsOf(first);
  const models: Candidate[] = [];
  for (const run of runs) models.push(...(snapshots ? await snapshotsOf(run) : [await modelFrom(run)]));
  const twice = models.find(({ name }, i) => models.findIndex((other) => other.name === name) < i);
  if (twice !== undefined)
    throw new NablaError("ensemble/members", `${twice.name} was named twice`, "name each run once");
  const [leading, ...followers] = models;
  const { preparation } = known(leading, "a member");
  const prepared = JSON.stringify(undecided(preparation));
  const other = followers.find((model) => JSON.stringify(undecided(model.preparation)) !== prepared);
  if (other !== undefined) {
    const message = `${other.name} prepares its inputs in another way than ${leading?.name}`;
    throw new NablaError("ensemble/members", message, "train all members with the same scaling");
  }
  const dev = applyPreparation(preparation, parts.dev);
  const measured: (Member & Candidate)[] = [];
  for (const model of models) measured.push({ ...model, dev: await evaluate(model.measured, dev) });
  const members = top === undefined ? measured : bestOf(measured, top);
  const alone = await ensembleGain(
    members.map((member) => member.measured),
    dev,
  );
  const held = ensembleOf(members.map((member) => member.measured));
  const rows = await rowResults(held, dev);
  const decided = decidedTogether(members, { rows, resolved: experimentOf(first) });
  const trained = ensembleOf(members.map((member) => member.trained));
  const { target } = decided.preparation;
  const threshold = thresholdOf(decided.preparation);
  const loss = decidedLoss(trained.loss, threshold);
  const gain = decided.chosen ? againstMembers(alone.members, await evaluate({ ...held, loss }, dev)) : alone;
  // of members that did not learn dev; what is handed over errs no more
  const ranges = preparation.series === undefined && dev.rows > 0 ? rangeScores(decided.preparation, rows) : undefined;
  await saveTrained(output, {
    trained: { ...trained, loss },
    preparation: decided.preparation,
    ...compact({ ranges }),
  });
  const told =
    threshold === undefined || target.kind !== "classes"
      ? undefined
      : { class: target.classes[threshold.positive] ?? "", from: threshold.from, chosen: decided.chosen };
  return { output: resolve(output), members, gain, rows: dev.rows, ...compact({ threshold: told }) };
}

function againstMembers(members: readonly Measures[], ensemble: Measures): Gain {
  const errors = members.map(({ error }) => error);
  return {
    ensemble,
    members,
    overBest: Math.min(...errors) - ensemble.error,
    overMean: meanOf(errors) - ensemble.error,
  };
}

/** A preparation without its threshold, which says nothing of how inputs are prepared. */
function undecided(preparation: Preparation): Preparation {
  const { target } = preparation;
  if (target.kind !== "classes") return preparation;
  const { threshold: _, ...rest } = target;
  return { ...preparation, target: rest };
}

/**
 * The preparation that decides for all members: with the threshold that they share, or where theirs differ with the best one of their mean
 * on dev, which none of them learned.
 */
function decidedTogether(
  members: readonly Pick<Candidate, "preparation">[],
  { rows, resolved }: { readonly rows: RowResults; readonly resolved: ResolvedExperiment },
): { readonly preparation: Preparation; readonly chosen: boolean } {
  const thresholds = members.map(({ preparation }) => thresholdOf(preparation));
  const { preparation } = known(members[0], "a member");
  const { target } = preparation;
  const isShared = thresholds.every((one) => JSON.stringify(one) === JSON.stringify(thresholds[0]));
  const { positive } = thresholds.find((one) => one !== undefined) ?? {};
  if (isShared || positive === undefined || target.kind !== "classes") return { preparation, chosen: false };
  const from = bestThreshold(rows, { positive, measure: thresholdMeasure(resolved) });
  return { preparation: { ...preparation, target: { ...target, threshold: { positive, from } } }, chosen: true };
}

/** A model, and the network that stands for it where dev measures: what is handed over may have learned dev too. */
interface Candidate extends TrainedModel {
  readonly name: string;
  readonly measured: Trained;
}

async function modelFrom(run: Run): Promise<Candidate> {
  const { trained: measured } = await loadMeasured(run);
  return { ...(await loadTrained(modelOf(run))), name: run.id, measured };
}

async function snapshotsOf(run: Run): Promise<readonly Candidate[]> {
  const folder = snapshotFolder(modelOf(run));
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (names.length === 0) {
    const message = `the run ${run.id} kept no snapshots`;
    throw new NablaError("ensemble/snapshots", message, "train with --schedule cyclic: each of its cycles ends in one");
  }
  const found: Candidate[] = [];
  for (const name of names.sort((a, b) => Number(a) - Number(b))) {
    const model = await loadTrained(join(folder, name));
    found.push({ ...model, name: `${run.id}, snapshot ${name}`, measured: model.trained });
  }
  return found;
}
