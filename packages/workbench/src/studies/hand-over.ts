/** The best trials as runs with all their networks, and the model that a study hands over: one of them, or their average. */
import { resolve } from "node:path";
import {
  compact,
  drain,
  ensembleOf,
  type Json,
  known,
  type Preparation,
  type RowResults,
  rowResults,
  type SoleTarget,
  soleTargets,
  type Trained,
  weightsIn,
} from "nabla";
import { meanOf } from "nabla/statistics";
import { trialSeed } from "nabla/tune";
import { withMembers } from "../experiment/folds.ts";
import { networksOf } from "../runs/average-runs.ts";
import type { RunResult } from "../runs/run-events.ts";
import { trainPlan } from "../runs/train-file.ts";
import type { RunStore } from "../store/run-store.ts";
import { saveTrained } from "../store/trained-model.ts";
import { type Average, type Contender, chooseAverage, type JudgedRows } from "./average.ts";
import { comparedRows } from "./row-errors.ts";
import type { Decision, Finalist, HandedOver, StudyEvent, StudyPlan, StudyResult } from "./study-events.ts";
import { settledAt, studyMeasure } from "./study-plan.ts";

/** Options of `handOver`. */
export interface HandOverOptions {
  readonly runs: RunStore;
  /** Where the model goes; by default beside those of runs. */
  readonly folder?: string;
  /** Ends further trainings; by default nothing does. */
  readonly signal?: AbortSignal;
  /** Seconds that are left for all of it; endless if absent. */
  readonly left?: (() => number) | undefined;
}

/** The run and the model of a study, and what they are. */
export type Handed = Pick<StudyResult, "run" | "model" | "handed" | "decision">;

interface Candidate {
  readonly finalist: Finalist;
  readonly result: RunResult;
}

/**
 * Trains the finalists with all their networks, each as a run of its own, as many as the time allows, and hands over the
 * default, another one, or an average: what has the lowest loss on rows that its networks had not learned.
 */
export async function* handOver(
  plan: StudyPlan,
  decision: Decision,
  options: HandOverOptions,
): AsyncGenerator<StudyEvent, Handed, undefined> {
  yield { kind: "winner", decision };
  const { signal, left } = options;
  const candidates: Candidate[] = [];
  for (const finalist of inOrder(decision, plan.study)) {
    const started = performance.now();
    const result = await trainFinalist(plan, finalist, options);
    if (result.model !== undefined) candidates.push({ finalist, result });
    const took = (performance.now() - started) / 1000;
    if (signal?.aborted === true || (left !== undefined && left() < 1.2 * took)) break;
  }
  return candidates.length === 0 ? {} : await handedFrom(plan, decision, { candidates, runs: options.runs });
}

/**
 * The one that dev would choose, in case there is time for no other; then the defaults, and the others from the best. In a
 * study of an earlier version, which did not begin with the defaults, the one alone.
 */
function inOrder({ winner, finalists }: Decision, { start }: StudyPlan["study"]): readonly Finalist[] {
  if (start === undefined) return [winner];
  const rank = ({ number }: Finalist): number => (number === winner.number ? -2 : number === START ? -1 : 0);
  return finalists.toSorted((a, b) => rank(a) - rank(b));
}

/** The number of the trial that a search starts with. */
const START = 0;

async function trainFinalist(
  { experiment, parts, prepared, notices, name, study, ...plan }: StudyPlan,
  { number, values }: Finalist,
  { runs, folder, left }: HandOverOptions,
): Promise<RunResult> {
  const seed = trialSeed(study.seed, number);
  const settled = settledAt({ ...plan, experiment, study }, values as Json, seed);
  const time = left === undefined ? undefined : Math.max(left(), 0.1);
  const resolved = { ...withMembers(experiment, settled, parts), ...compact({ time }) };
  const notes = `trial ${number} of the study ${name}`;
  const training = trainPlan(
    { resolved, parts, prepared, notices },
    { store: runs, study: name, notes, ...compact({ folder }) },
  );
  return await drain(training);
}

async function handedFrom(
  plan: StudyPlan,
  { finalists }: Decision,
  { candidates, runs }: Pick<HandOverOptions, "runs"> & { readonly candidates: readonly Candidate[] },
): Promise<Handed> {
  const start = candidates.find(({ finalist }) => finalist.number === START && plan.study.start !== undefined);
  const first = known(start ?? candidates[0], "a candidate");
  const ordered = [first, ...candidates.filter((one) => one !== first)];
  const average = chooseAverage(...(await judgedBy(plan, ordered)));
  const chosen = ordered
    .filter(({ finalist }) => average.numbers.includes(finalist.number))
    .toSorted((a, b) => a.finalist.error - b.finalist.error);
  const { finalist: winner, result } = known(chosen[0], "a chosen candidate");
  const model = await writeModel(plan, chosen, runs);
  const handed = handedOver(average, { start: start !== undefined, compared: ordered.length });
  return { run: result.run, model, handed, decision: { winner, finalists, summary: handed.summary } };
}

/**
 * What the candidates answered to rows that they had not learned: with several networks to all rows of train and dev, of which
 * those of dev do not count, since they chose the candidates; else to the rows of dev.
 */
async function judgedBy(
  plan: StudyPlan,
  candidates: readonly Candidate[],
): Promise<[readonly Contender[], JudgedRows]> {
  const heldOut = candidates.flatMap(({ result }) => result.heldOut ?? []);
  const { prepared } = plan;
  const { task } = plan.facts;
  const measure = studyMeasure(plan);
  const mistake = jointMistake(prepared.preparation, candidates[0]?.result.end.trained);
  if (heldOut.length === candidates.length) {
    const { heldBy, dev } = known(heldOut[0], "held-out rows");
    const others = [...heldBy.keys()].filter((row) => heldBy[row] !== 0);
    return [
      contendersOf(
        candidates,
        heldOut.map((one) => one.dev),
      ),
      compact({ task, targets: dev.targets, judged: others, mistake, measure, weights: dev.weights }),
    ];
  }
  const dev = comparedRows(prepared.dev, task);
  const found: RowResults[] = [];
  for (const { result } of candidates) found.push(await rowResults(result.end.trained, dev));
  return [
    contendersOf(candidates, found),
    compact({
      task,
      targets: dev.targets,
      judged: [...Array(dev.rows).keys()],
      mistake,
      measure,
      weights: weightsIn(dev),
    }),
  ];
}

/** The mean of the relative mistakes of several targets; undefined for one. */
function jointMistake(preparation: Preparation, trained: Trained | undefined): JudgedRows["mistake"] {
  const { heads } = trained?.loss ?? {};
  if (heads === undefined) return undefined;
  const targets = soleTargets(preparation);
  const wrongOf: { readonly [K in SoleTarget["kind"]]: (a: readonly number[], t: readonly number[]) => number } = {
    number: ([answer = 0], [target = 0]) => (answer - target) ** 2,
    classes: (answer, target) => Number(answer.indexOf(Math.max(...answer)) !== target.indexOf(Math.max(...target))),
    labels: (answer, target) => meanOf(target.map((label, i) => Number((answer[i] ?? 0) > 0.5 !== label > 0.5))),
  };
  return (answer, target) =>
    heads.reduce((total, { from, to, share, usualError }, i) => {
      const wrong = wrongOf[known(targets[i], "a target").kind];
      return total + (share / usualError) * wrong(answer.slice(from, to), target.slice(from, to));
    }, 0);
}

function contendersOf(candidates: readonly Candidate[], found: readonly RowResults[]): readonly Contender[] {
  return candidates.map(({ finalist: { number } }, i) => ({ number, answers: known(found[i], "answers").answers }));
}

/** The model of the chosen runs: that of the leading one, which an average of several replaces, where it was asked to go. */
async function writeModel(
  { experiment: { output }, prepared: { preparation } }: StudyPlan,
  chosen: readonly Candidate[],
  runs: RunStore,
): Promise<string> {
  const results = chosen.map(({ result }) => result);
  const { run, outcome, ...leading } = known(results[0], "a chosen run");
  const model = output === undefined ? known(leading.model, "a model") : resolve(output);
  if (chosen.length === 1 && output === undefined) return model;
  // the networks of the leading run come first: the first of them is the one that dev measured
  const networks = results.flatMap(networksOf);
  const temperatures = results.flatMap(({ temperature }) => temperature ?? []);
  const temperature = temperatures.length === results.length ? { temperature: meanOf(temperatures) } : {};
  const trained = chosen.length === 1 ? leading.trained : ensembleOf(networks);
  // an average errs no more than the network whose held-out rows these are
  const ranges = compact({ ranges: leading.ranges });
  await saveTrained(model, { trained, preparation, run, ...temperature, ...ranges });
  const { outOfFold, ...shipped } = outcome.shipped ?? { kind: "measured", networks: 1, rows: 0, parts: ["train"] };
  const kind = shipped.kind === "measured" ? ("members" as const) : shipped.kind;
  const several = { ...shipped, kind, networks: networks.length };
  await runs.update(run, { model, ...(chosen.length === 1 ? {} : { outcome: { ...outcome, shipped: several } }) });
  return model;
}

function handedOver(
  average: Average,
  { start, compared }: { readonly start: boolean; readonly compared: number },
): HandedOver {
  const { numbers, error, before, gain, rows } = average;
  const isStart = start && numbers.length === 1 && numbers[0] === START;
  return {
    numbers,
    error,
    rows,
    gain,
    ...(start ? { start: before } : {}),
    summary: sayWhy(average, { isStart, start, compared }),
  };
}

function sayWhy(
  { numbers, gain }: Average,
  { isStart, start, compared }: { readonly isStart: boolean; readonly start: boolean; readonly compared: number },
): string {
  if (compared === 1) return isStart ? "the defaults, which no trial has surely beaten" : "there was time for no other";
  if (isStart) return "the defaults: on rows that were not learned no trial, and no average with one, is better";
  const what =
    numbers.length === 1
      ? `trial ${numbers[0]}`
      : `the average of the trials ${numbers.toSorted((a, b) => a - b).join(", ")}`;
  const than = start ? "the defaults" : "the first of them";
  if (gain.interval.from > 0) return `${what}, surely better than ${than} on rows that were not learned`;
  return `${what}, whose loss on rows that were not learned is lower than that of ${than}`;
}
