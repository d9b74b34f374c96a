/** What the store saves of a study's result, and how it is read back. */
import { setTimeout } from "node:timers/promises";
import { type Json, NablaError, read } from "nabla";
import type { Interval } from "nabla/diagnose";
import { isRecord } from "nabla/fields";
import type { AxisImportance, Optimism } from "nabla/tune";
import type { StoredStudy } from "../store/study.ts";
import type { StudyStore } from "../store/study-store.ts";
import type { Finalist, HandedOver, StudyResult, Wanted } from "./study-events.ts";

/** What the store saves of a study's result. */
export interface StudyOutcome {
  readonly hash: string;
  readonly seconds: number;
  /** Null when no trial was finished. */
  readonly best: {
    readonly number: number;
    readonly values: Json;
    readonly error: number;
    readonly interval: Interval;
    readonly run: string | null;
    readonly model: string | null;
    readonly said: string;
  } | null;
  readonly finalists: readonly Finalist[];
  /** What was handed over; absent in studies of earlier versions, which handed over the best trial. */
  readonly handed?: HandedOver;
  readonly optimism: Optimism | null;
  readonly importance: readonly AxisImportance[];
}

/** A result as it is stored. */
export function studyOutcomeOf({
  hash,
  seconds,
  decision,
  handed,
  optimism,
  importance,
  run,
  model,
}: StudyResult): Json {
  const { winner, finalists = [], summary = "" } = decision ?? {};
  const found = winner && {
    number: winner.number,
    values: winner.values,
    error: winner.error,
    interval: winner.interval,
  };
  const outcome: StudyOutcome = {
    hash,
    seconds,
    best: found === undefined ? null : { ...found, run: run ?? null, model: model ?? null, said: summary },
    finalists,
    ...(handed === undefined ? {} : { handed }),
    optimism: optimism ?? null,
    importance,
  };
  return outcome as unknown as Json;
}

const { json, list, number, optional, orNull, record, text, whole } = read;

const interval = record<Interval>({ from: number, to: number });

const readOutcome = record<StudyOutcome>({
  hash: text,
  seconds: number,
  best: orNull(
    record<NonNullable<StudyOutcome["best"]>>({
      number: whole,
      values: json,
      error: number,
      interval,
      run: orNull(text),
      model: orNull(text),
      said: text,
    }),
  ),
  finalists: list(
    record<Finalist>({
      number: whole,
      values: json,
      errors: list(number),
      error: number,
      interval,
      parameters: whole,
      behind: record<Finalist["behind"]>({ error: number, interval }),
    }),
  ),
  handed: optional(
    record<HandedOver>({
      numbers: list(whole),
      error: number,
      rows: whole,
      start: optional(number),
      gain: record<HandedOver["gain"]>({ error: number, interval }),
      summary: text,
    }),
  ),
  optimism: orNull(record<Optimism>({ apparent: number, honest: number, trials: whole })),
  importance: list(record<AxisImportance>({ path: text, share: number, interval })),
});

/** A study's result so far; undefined where there is none. Throws `record/field`. */
export function outcomeIn({ name, outcome }: Pick<StoredStudy, "name" | "outcome">): StudyOutcome | undefined {
  return outcome === undefined ? undefined : readOutcome(outcome, `the study ${name}: outcome`);
}

const readWanted = record<Wanted>({ trials: whole, finalists: whole, repeats: whole });

/** How much a stored study does. Throws `record/field`. */
export function wantedIn({ name, plan }: Pick<StoredStudy, "name" | "plan">): Wanted {
  return readWanted(plan, `the study ${name}: plan`);
}

/** Whether somebody asked a study that is carried out to stop. */
export function isAskedToStop({ plan }: Pick<StoredStudy, "plan">): boolean {
  return isRecord(plan) && plan.stop === true;
}

/** Milliseconds between two looks whether a study has stopped, and for how long. */
const [LOOK, LONGEST] = [200, 120_000];

/**
 * Stops a study that is carried out where it can go on, whoever does it, and waits until it has stopped; of any other nothing is
 * done. Throws `tune/still-running` for one that takes too long, and what the store throws.
 */
export async function haltStudy(name: string, studies: StudyStore): Promise<StoredStudy> {
  for (let waited = 0; waited <= LONGEST; waited += LOOK) {
    const study = await studies.getStudy(name);
    if (study.status !== "running") return study;
    if (waited === 0) await askToStop(name, studies);
    await setTimeout(LOOK);
  }
  const message = `the study ${name} was asked to stop, and its trainings have not come to a place to go on from`;
  throw new NablaError("tune/still-running", message, "try again once it has stopped");
}

/** Asks whoever carries a study out to stop where it can go on later. Throws `tune/not-running` and what the store throws. */
export async function askToStop(name: string, studies: StudyStore): Promise<void> {
  const { plan, status } = await studies.getStudy(name);
  if (status !== "running")
    throw new NablaError("tune/not-running", `the study ${name} is ${status}: nothing is searched`);
  await studies.updateStudy(name, { plan: { ...wantedIn({ name, plan }), stop: true } });
}
