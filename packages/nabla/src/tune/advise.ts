/** Panda or caviar: one model adjusted by hand, or many at once, by what there is to compute with. */
import { inRange } from "../base/range.ts";
import { count } from "../base/text.ts";

/** The compute available, and the cost of one trial. */
export interface Resources {
  /** Processor cores, of which each trains one model. */
  readonly cores: number;
  readonly secondsPerEpoch: number;
  /** Epochs of a trial. */
  readonly epochs: number;
  /** Seconds that there are for finding a model. Default: a night of ten hours. */
  readonly time?: number;
  /** Bytes of memory that there are, and that one training takes; both or neither. */
  readonly memory?: number;
  /** Bytes that one training takes; unknown by default. */
  readonly memoryPerTraining?: number;
}

/** How to tune, and why. */
export interface WayOfTuning {
  readonly way: "panda" | "caviar";
  /** Parallel trials. */
  readonly workers: number;
  /** Full trials that fit in the time. */
  readonly trials: number;
  readonly reasons: readonly string[];
}

const NIGHT = 10 * 3600;
/** With so many draws, one lies among the best twentieth of the space with 95% (1 - 0.95^59): what random search needs. */
const ENOUGH = 59;
/** With fewer than this a search learns little more than looking at one run. */
const FEWEST = 10;

/**
 * Advises how to tune: caviar where the time is enough for many trials, panda where it is not. Pruning stretches the
 * time about threefold, which decides between the two ends.
 */
export function advise(resources: Resources): WayOfTuning {
  const { secondsPerEpoch, epochs, time = NIGHT, memory, memoryPerTraining } = resources;
  inRange("secondsPerEpoch", secondsPerEpoch, { above: 0 });
  inRange("epochs", epochs, { atLeast: 1 });
  inRange("time", time, { above: 0 });
  const cores = inRange("cores", resources.cores, { atLeast: 1, whole: true });
  const fitting =
    memory === undefined || memoryPerTraining === undefined ? cores : Math.floor(memory / memoryPerTraining);
  const workers = Math.max(1, Math.min(cores, fitting));
  const training = secondsPerEpoch * epochs;
  const trials = Math.floor((workers * time) / training);
  const on = `on ${count(workers, "worker")}`;
  const memoryReasons = workers < cores ? [`memory is enough for ${workers} of ${cores} cores`] : [];
  if (trials >= ENOUGH)
    return {
      way: "caviar",
      workers,
      trials,
      reasons: [
        `a training takes ${duration(training)}, so ${ENOUGH} trials ${on} take ${duration((ENOUGH * training) / workers)}`,
        ...memoryReasons,
        `${ENOUGH} random trials find one of the best twentieth with 95%`,
      ],
    };
  const reasons = [
    `a training takes ${duration(training)}, so ${duration(time)} ${on} are enough for ${count(trials, "trial")}`,
    ...memoryReasons,
  ];
  if (trials >= FEWEST)
    return {
      way: "caviar",
      workers,
      trials,
      reasons: [
        ...reasons,
        `pruned early, they reach about as far as ${3 * trials} whole ones: use asha() or hyperband()`,
      ],
    };
  return {
    way: "panda",
    workers: 1,
    trials,
    reasons: [...reasons, `fewer than ${FEWEST} trials say little: watch one run, and change it while it learns`],
  };
}

/** `40 s`, `12 min`, `3.5 h`, `2 d`. */
function duration(seconds: number): string {
  const [unit, size] = (
    [
      ["d", 86_400],
      ["h", 3600],
      ["min", 60],
      ["s", 1],
    ] as const
  ).find(([, one]) => seconds >= 2 * one) ?? ["s", 1];
  return `${Number((seconds / size).toPrecision(2))} ${unit}`;
}
