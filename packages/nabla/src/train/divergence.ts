/** Trainings that ran away although every number stayed finite: their weights are worse than always predicting the same. */
import { namedValue } from "../base/named.ts";
import type { AnyExamples, StoredExamples } from "../data/examples.ts";
import { type Optimizer, RATE } from "../optim/optimizer.ts";
import type { Measures } from "./measures.ts";
import type { EpochRecord, Failure } from "./record.ts";
import { finite } from "./run.ts";

/** What weights amount to beside always giving the same answer: the mean, or the shares of the classes. */
type AgainstConstant = "better" | "no better" | "worse";

/** An error of 1 - R² below the first is better than the mean, and up to the second as good but for noise. */
const [BETTER, AS_GOOD] = [0.9, 1.05];
/** A cost of classes that is so many times their entropy is worse than always predicting their shares. */
const WORSE = 1.25;
/** From this multiple on the cost has exploded, whatever the share of wrong answers. */
const EXPLODED = 10;
/** Shares of nearly one class have an entropy near 0, of which any cost is a multiple. */
const LEAST_ENTROPY = 0.05;

/** Compares weights with these measures of rows with the constant answer; "better" where it has no such measure. */
function againstConstant(
  { cost, error, targets: several }: Pick<Measures, "cost" | "error" | "targets">,
  { targets }: Pick<AnyExamples | StoredExamples, "targets">,
): AgainstConstant {
  const only = several === undefined ? namedValue(targets, undefined) : undefined;
  if (only === undefined || (only.dtype === "int32" && only.shape.length !== 1)) return "better";
  if (only.dtype !== "int32") return error < BETTER ? "better" : error > AS_GOOD ? "worse" : "no better";
  const { entropy, majority } = sharesOf(only.data);
  const times = cost / Math.max(entropy, LEAST_ENTROPY);
  if (times > EXPLODED) return "worse";
  if (error < 1 - majority) return "better";
  return times > WORSE ? "worse" : "no better";
}

/** The entropy of the classes in nats, and the share of the most frequent one. */
function sharesOf(codes: ArrayLike<number>): { readonly entropy: number; readonly majority: number } {
  const counts = new Map<number, number>();
  for (let i = 0; i < codes.length; i++) counts.set(codes[i] ?? 0, (counts.get(codes[i] ?? 0) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / codes.length);
  return {
    entropy: -shares.reduce((sum, share) => sum + share * Math.log(share), 0),
    majority: Math.max(0, ...shares),
  };
}

/** The cost may rise to this multiple of its start, and end at this multiple of its lowest, while it still learns. */
const [ROSE, ABOVE_LOWEST] = [2, 1.2];

/**
 * Whether a training ran away whose weights are no better than a constant answer. Those that are as good did where the cost
 * exploded on the way; those that are worse did unless they are on their way to a better answer: the cost never rose far
 * above that of the initial weights, ended below it, and near its lowest.
 */
function ranAway(
  history: readonly Pick<EpochRecord, "train">[],
  { start, against }: { readonly start: number; readonly against: Exclude<AgainstConstant, "better"> },
): boolean {
  const costs = history.map(({ train }) => train.cost);
  const [last = start, most] = [costs.at(-1), Math.max(...costs)];
  if (against === "no better") return most > EXPLODED * Math.max(start, last);
  return !(last < start && most <= ROSE * start && last <= ABOVE_LOWEST * Math.min(...costs));
}

/** How fast a training went. */
interface Pace {
  readonly rate: number;
  /** Whether its optimizer scales each step by the gradients. */
  readonly adaptive: boolean;
}

/** The pace of an optimizer, whose rate may have been changed while it trained. */
export function paceOf(
  { rate, adaptive = false }: Pick<Optimizer, "rate" | "adaptive">,
  settings: Readonly<Record<string, number>>,
): Pace {
  return { rate: settings[RATE] ?? rate, adaptive };
}

/** What tells whether a training ran away. */
interface Ended {
  /** Its weights measured on the training rows, and those rows. */
  readonly train: Measures;
  readonly rows: AnyExamples | StoredExamples;
  readonly history: readonly Pick<EpochRecord, "train">[];
  /** Measures the weights that it started with; is asked where the others are no better than a constant answer. */
  readonly startCost: () => Promise<number>;
  readonly pace: Pace;
}

/** The failure of a training that ran away, or nothing. */
export async function divergence(
  position: Pick<Failure, "step" | "epoch">,
  { train, rows, history, startCost, pace }: Ended,
): Promise<Failure | undefined> {
  const against = history.length === 0 || finite(train) === null ? "better" : againstConstant(train, rows);
  if (against === "better") return undefined;
  const start = await startCost();
  if (!ranAway(history, { start, against })) return undefined;
  const most = Math.max(train.cost, ...history.map((epoch) => epoch.train.cost));
  const message = `the training diverged: the cost rose from ${start.toPrecision(3)} to ${most.toPrecision(3)}, and its weights are ${against} than always giving the same answer`;
  return { ...position, tensor: "cost", lastCost: train.cost, message, hint: lowerRateHint(pace) };
}

/** The failure of a training in which a tensor is not finite. */
export function notFinite(position: Pick<Failure, "step" | "epoch" | "tensor" | "lastCost">, pace: Pace): Failure {
  const { step, epoch, tensor, lastCost } = position;
  const last =
    lastCost === null ? "there was no good cost before" : `the last good cost was ${lastCost.toPrecision(4)}`;
  const message = `step ${step}, in epoch ${epoch}: ${tensor} is not finite; ${last}`;
  const hint = tensor.startsWith("inputs") ? "look at that row of the data" : lowerRateHint(pace);
  return { ...position, message, hint };
}

function lowerRateHint(pace: Pace): string {
  return `choose a lower rate than ${pace.rate}, such as ${lowerRate(pace)}, or normalize the inputs`;
}

/** Usual rates: of optimizers that scale each step by its gradients, and of all others. */
const [USUAL_ADAPTIVE, USUAL] = [0.003, 0.03];

/** A rate to try after one that was too high: the usual one of its optimizer, or a tenth of it where that is lower. */
export function lowerRate({ rate, adaptive = false }: Pick<Optimizer, "rate" | "adaptive">): number {
  return Number(Math.min(adaptive ? USUAL_ADAPTIVE : USUAL, rate / 10).toPrecision(2));
}
