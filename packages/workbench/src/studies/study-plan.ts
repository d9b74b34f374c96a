/** What a study is about, decided before its first trial or read again from the store. */
import { basename } from "node:path";
import { compact, type Json, type Measure, measureFrom, NablaError, trainingDefaults } from "nabla";
import { type Given, readFields } from "nabla/fields";
import { type Space, Study, spaceAround, studyFrom, valuesWithin } from "nabla/tune";
import { checkFrom } from "../experiment/check-from.ts";
import { asRecord } from "../experiment/choice.ts";
import {
  chooseTargetScale,
  type ScaleChoice,
  triesScales,
  withoutScaleAdvice,
} from "../experiment/choose-target-scale.ts";
import { inspected } from "../experiment/data-checks.ts";
import { earlierData, scaleOfLoss, usualScaling } from "../experiment/data-fields.ts";
import { factsOf } from "../experiment/facts.ts";
import type { Experiment, ResolvedExperiment } from "../experiment/fields.ts";
import { withDev } from "../experiment/folds.ts";
import { withFormerDefaults } from "../experiment/former-defaults.ts";
import { measureOn } from "../experiment/measure.ts";
import { afterNotices, openParts, type Parts, prepareParts } from "../experiment/parts.ts";
import { preparationNotices } from "../experiment/preparation-notices.ts";
import { experimentFrom } from "../experiment/read-experiment.ts";
import { closeExperiment, completed, jobOf, resolveExperiment } from "../experiment/resolve.ts";
import { checkDevVaries } from "../runs/outcome.ts";
import { absolutePaths } from "../sources/paths-in.ts";
import { holdsImages } from "../sources/read-images.ts";
import { hashTable } from "../sources/written-table.ts";
import { makeRunId } from "../store/run-id.ts";
import type { StoredStudy } from "../store/study.ts";
import { changedValues, defaultsOf } from "./default-values.ts";
import { withValues } from "./hyperparameters.ts";
import { checkSpace, spaceFor } from "./search-space.ts";
import type { StudyPlan } from "./study-events.ts";
import { studyFields } from "./study-fields.ts";
import { wantedIn } from "./study-record.ts";

/** The options of the search; absent ones are as before, or the defaults of `studyFields`. */
export interface StudyRequest extends Given<typeof studyFields> {
  /** What the study is called; by default it gets a name. */
  readonly name?: string;
  /** What is searched; the default space without it. */
  readonly space?: Space;
}

/** Reads and prepares the data of a new study and tries its space. Nothing is written. Throws `tune/…` and what reading throws. */
export async function planStudy(experiment: Experiment, request: StudyRequest): Promise<StudyPlan> {
  const { name, space: wantedSpace, ...said } = request;
  checkFrom(experiment);
  const { trials, finalists, repeats, seed, ...search } = readFields(
    studyFields,
    { ...compact({ seed: experiment.seed }), ...said },
    { place: "", keys: [], families: {} },
  );
  // the seed divides the data too, and each training has one of its own
  const { time: _time, ...rest } = withDev(experiment);
  const asked = { ...rest, data: await absolutePaths(experiment.data), seed };
  const { opened, ...choice } = await onChosenScale(asked, await openData(asked));
  // every machine reads images at the size that was chosen here, and scales numbers alike
  const { origin } = opened.parts;
  const { scaling = origin === undefined ? usualScaling(opened.facts) : undefined } = asked;
  const began = { from: origin?.path, fromSha256: origin?.sha256 };
  // a study that says by what epochs are selected is not one of the first version, and its trials stay comparable
  const { measure, selection } = closeExperiment(asked, opened.facts);
  const base: Experiment = {
    ...asked,
    ...compact({ image: opened.parts.image, scaling, ...choice, ...began }),
    ...{ measure, selection },
  };
  const defaults = defaultsOf({ experiment: base, facts: opened.facts });
  const space = wantedSpace ?? spaceAround(spaceFor(base, opened.facts.rows), defaults);
  trySpace(space, { experiment: base, facts: opened.facts });
  const study = new Study<unknown>({ ...search, space, start: valuesWithin(space, defaults), seed });
  const made = name ?? makeRunId(`${basename(base.data).replace(/\..*$/, "")}-study`);
  return { name: made, experiment: base, study, wanted: { trials, finalists, repeats }, ...opened };
}

/**
 * The same study again, with its data read again; the given space, sampler, pruner and amounts apply from now on.
 * Throws `tune/other-study` for what would make its trials incomparable, `data/changed` and what `planStudy` throws.
 */
export async function reopenStudy(
  stored: StoredStudy,
  request: StudyRequest,
  experiment: Partial<Experiment> = {},
): Promise<StudyPlan> {
  const { data, ...others } = experiment;
  refuseOthers(stored, request, others);
  // the same data may lie elsewhere now
  const base: Experiment = {
    ...earlierData,
    ...{ measure: "error" },
    ...(experimentFrom(stored.experiment) as Experiment),
    ...(data === undefined ? {} : { data: await absolutePaths(data) }),
  };
  await refuseOtherData(stored, base.data);
  const opened = await openData(base);
  const before = studyFrom(stored.definition, `study ${stored.name}`);
  const space = request.space ?? before.space;
  const { sampler = before.sampler, pruner = before.pruner, failures } = request;
  trySpace(space, { experiment: base, facts: opened.facts });
  const { seed, round, goal } = before;
  const start = before.start && valuesWithin(space, defaultsOf({ experiment: base, facts: opened.facts }));
  const more = compact({ failures, start });
  const study = new Study<unknown>({ space, sampler, pruner, seed, round, goal, ...more });
  const wanted = wantedIn(stored);
  const { trials = wanted.trials, finalists = wanted.finalists, repeats = wanted.repeats } = request;
  return { name: stored.name, experiment: base, study, wanted: { trials, finalists, repeats }, stored, ...opened };
}

function trySpace(space: Space, { experiment, facts }: Pick<StudyPlan, "experiment" | "facts">): void {
  checkSpace(space, (values) => {
    experimentFrom(withValues(experiment, values));
    const settled = settledAt({ experiment, facts }, values, trainingDefaults.seed);
    if (settled.threshold !== "none")
      throw new NablaError(
        "tune/threshold",
        "a threshold is chosen after a training, and a study compares trainings at a half",
        "leave out --threshold, and train with it at the best values",
      );
    jobOf(settled);
  });
}

/** What one trial trains: the experiment at its values, with its own seed and the parts that all share. */
export function settledAt(
  { experiment, facts, study }: Pick<StudyPlan, "experiment" | "facts"> & Partial<Pick<StudyPlan, "study">>,
  values: Json,
  seed: number,
): ResolvedExperiment {
  const { seed: studySeed = seed, splitSeed = studySeed, output: _, ...rest } = experiment;
  const changed = changedValues(values, study?.start);
  const { hidden } = closeExperiment(experiment, facts);
  const layers = experiment.layers === undefined && hasLayers(changed) ? { hidden } : {};
  const valued = withValues({ ...layers, ...rest, seed, splitSeed }, changed);
  return resolveExperiment(withFormerDefaults(valued, facts), facts);
}

/** What decides between the trials of a study. */
export function studyMeasure({ experiment, facts }: Pick<StudyPlan, "experiment" | "facts">): Measure | undefined {
  // rows of several targets are compared by all of them
  if (facts.task === "multitask") return undefined;
  return measureFrom(measureOn(closeExperiment(experiment, facts), facts));
}

function hasLayers(values: Json): boolean {
  return ["layers", "units"].some((name) => Object.hasOwn(asRecord(values), name));
}

type StudyData = Pick<StudyPlan, "facts" | "parts" | "prepared" | "notices" | "suspicions">;

async function openData(base: Experiment): Promise<StudyData> {
  const { seed = trainingDefaults.seed } = base;
  const parts = await openParts({ ...base, seed });
  return await afterNotices(parts.profile, async () => await preparedData(parts));
}

/** The data on the scale for a number to predict that a training would choose, where none is named. */
async function onChosenScale(
  asked: Experiment & { readonly seed: number },
  opened: StudyData,
): Promise<Partial<Pick<ScaleChoice, "targetScale" | "loss">> & { readonly opened: StudyData }> {
  const targetScale = asked.targetScale ?? scaleOfLoss(asked);
  if (targetScale !== undefined) return { opened, targetScale };
  const { parts } = opened;
  if (!triesScales(asked, parts)) return { opened };
  const { notices, ...choice } = await chooseTargetScale(asked, parts, { namesLoss: asked.loss !== undefined });
  const scaled = choice.targetScale === "none" ? opened : await openData({ ...asked, ...choice });
  return { opened: { ...scaled, notices: [...withoutScaleAdvice(scaled.notices), ...notices] }, ...choice };
}

async function preparedData(parts: Parts): Promise<StudyData> {
  if (parts.rows.dev === 0) {
    throw new NablaError(
      "tune/no-metric",
      "there is no dev set, so trials cannot be compared by their dev error",
      "leave out --split, or give dev a share: --split 80/20/0",
    );
  }
  const prepared = prepareParts(parts);
  checkDevVaries(prepared);
  const facts = factsOf(parts, prepared);
  const { notices, suspicions } = await inspected(parts);
  const prepare = preparationNotices(prepared.preparation);
  return { facts, parts, prepared, notices: [...notices, ...prepare], suspicions };
}

async function refuseOtherData({ name, data: { sha256, path } }: StoredStudy, data: string): Promise<void> {
  // images have a hash of all their files, which reading finds
  if (await holdsImages(data)) return;
  const found = await hashTable(data);
  if (found === sha256) return;
  const [was, is] = [sha256, found].map((hash) => `SHA-256 ${hash.slice(0, 12)}…`);
  const changed = data === path;
  const request = changed
    ? `${data} has changed since the study ${name} was started: it was ${was}, it is ${is} now`
    : `the study ${name} is about other data: ${path}, ${was}; ${data} is ${is}`;
  throw new NablaError(
    changed ? "data/changed" : "tune/other-data",
    request,
    changed ? "restore the file, or start another study" : "choose another name with --study",
  );
}

/** What trials were compared by must stay what it was. */
function refuseOthers(stored: StoredStudy, { seed, round }: StudyRequest, experiment: Partial<Experiment>): void {
  const before = stored.experiment as { readonly [key: string]: Json };
  const definition = stored.definition as { readonly [key: string]: Json };
  const asked = { seed, round };
  const differing = [
    ...Object.entries(experiment).flatMap(([key, value]) =>
      ["seed", "output", "time", "members", "refit"].includes(key) ||
      same(completed(key, value), completed(key, before[key]))
        ? []
        : [[key, before[key], value] as const],
    ),
    ...Object.entries(asked).flatMap(([key, value]) =>
      value === undefined || same(value, definition[key]) ? [] : [[key, definition[key], value] as const],
    ),
  ];
  const [first] = differing;
  if (first === undefined) return;
  const [key, was, is] = first;
  const began = was === undefined ? `without ${key}` : `with ${key} ${JSON.stringify(was)}`;
  throw new NablaError(
    "tune/other-study",
    `the study ${stored.name} began ${began}, not ${JSON.stringify(is)}: its trials could not be compared`,
    "leave that out to go on with it, or choose another name with --study",
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
