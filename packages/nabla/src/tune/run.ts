/** Carries out the trials of a study in this process, several at a time if wanted. */
import { NablaError } from "../base/error.ts";
import { type Pruning, prunes } from "./pruner.ts";
import type { Units } from "./space.ts";
import { bestReport, type Goal, type Report, type Trial, type TrialOutcome } from "./trial.ts";

/** A trial to be run: plain data. */
export interface Asked<V> {
  readonly number: number;
  readonly values: V;
  readonly units: Units;
  /** The seed of everything random in the training; it follows from the study's seed and the number. */
  readonly seed: number;
  readonly pruning: Pruning;
}

/** What an objective gets. */
export interface ActiveTrial<V> {
  readonly number: number;
  readonly values: V;
  readonly seed: number;
  /** Reports an intermediate value at a step; returns why the trial should stop now, or undefined to continue. */
  readonly report: (step: number, value: number) => string | undefined;
}

/** Trains once: gives the value, or nothing where it ended early or its best report is its value. */
export type Objective<V> = (
  attempt: ActiveTrial<V>,
) => Promise<number | undefined> | Promise<void> | number | undefined;

/** How a run of a study ended. */
export interface Summary<V> {
  readonly trials: readonly Trial[];
  readonly done: number;
  readonly pruned: number;
  readonly failed: number;
  readonly best: (Trial & { readonly values: V; readonly value: number }) | undefined;
}

/** What is needed of a study to carry it out. */
export interface Asking<V> {
  readonly goal: Goal;
  readonly ask: (count: number) => Asked<V> | undefined;
  readonly tell: (number: number, outcome: TrialOutcome) => void;
}

/** Runs the ask-and-tell loop until no trials are left; `concurrency` trials run at a time. */
export async function runAll<V>(
  study: Asking<V>,
  count: number,
  objective: Objective<V>,
  concurrency: number,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const begin = async (asked: Asked<V>): Promise<void> => {
    study.tell(asked.number, await carryOut(asked, objective, study.goal));
  };
  try {
    for (;;) {
      const asked = running.size < concurrency ? study.ask(count) : undefined;
      if (asked === undefined && running.size === 0) return;
      if (asked === undefined) await Promise.race(running);
      else {
        const one = begin(asked).finally(() => running.delete(one));
        running.add(one);
      }
    }
  } catch (error) {
    failure = { error };
  }
  await Promise.allSettled(running);
  throw failure.error;
}

/** One trial from start to result; what the objective throws is the reason for its failure. */
export async function carryOut<V>(asked: Asked<V>, objective: Objective<V>, goal: Goal): Promise<TrialOutcome> {
  const reports: Report[] = [];
  let reason: string | undefined;
  const report = (step: number, value: number): string | undefined => {
    if (!Number.isFinite(value)) throw new NablaError("tune/value", `at step ${step} its value was ${value}`);
    reports.push({ step, value });
    reason ??= prunes(asked.pruning, reports);
    return reason;
  };
  try {
    const { number, values, seed } = asked;
    const value = (await objective({ number, values, seed, report })) ?? undefined;
    if (reason !== undefined && value === undefined) return { state: "pruned", reports, reason };
    const found = value ?? bestReport(reports, goal);
    if (found !== undefined) return { state: "done", value: found, reports };
    return { state: "failed", reports, reason: "it gave no value and reported none" };
  } catch (error) {
    return { state: "failed", reports, reason: reasonOf(error) };
  }
}

/** Why something failed, in a line. */
export function reasonOf(error: unknown): string {
  if (error instanceof NablaError) return [...error.where, error.sentence].join(": ");
  return error instanceof Error ? error.message : String(error);
}
