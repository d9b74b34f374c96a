import { wrongArgument } from "../array/check-array.ts";
import { compact } from "../base/compact.ts";
import { inRange } from "../base/range.ts";
import { isRecord } from "../base/value-type.ts";
import type { Examples, StoredExamples } from "../data/examples.ts";
import { joinExamples } from "../data/join-examples.ts";
import { checkJob } from "./check-job.ts";
import { examplesFrom, type Job, resolveJob } from "./job.ts";
import { type TrainOptions, train } from "./train.ts";
import type { Training } from "./training.ts";

/** Options of `refit`. */
export interface RefitOptions extends Omit<TrainOptions, "resume" | "journal"> {
  /** After how many epochs to stop: those that the dev set chose, as `run.best.epoch`. */
  readonly epochs: number;
}

/**
 * Trains once more on train and dev together, as many epochs as dev chose when it was not learned. The schedule is that of
 * the job, so that the rate is where it was in the epoch that was chosen. Nothing measures the result but a test set.
 */
export function refit(whole: Job, given: RefitOptions): Training {
  checkJob(whole);
  if (!isRecord(given)) throw wrongArgument("refit › options", "{ epochs }", given);
  const { train: learned, dev, patience: _, time, ...job } = whole;
  const { epochs, ...options } = given;
  const inMemory = (given: Examples | StoredExamples | Job["train"]): Examples | StoredExamples =>
    "read" in given ? given : examplesFrom(given);
  const all = dev === undefined ? inMemory(learned) : joinExamples(inMemory(learned), examplesFrom(dev));
  const joined: Job = { ...job, ...compact({ time }), train: all };
  const resolved = resolveJob(joined);
  inRange("epochs", epochs, { atLeast: 1, atMost: resolved.epochs, whole: true });
  const end = { step: epochs * resolved.stepsPerEpoch, settings: {}, end: "stopped" } as const;
  return train(joined, { ...options, journal: [end] });
}
