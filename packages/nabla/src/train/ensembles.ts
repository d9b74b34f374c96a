/** Ensembles: models whose predictions are averaged. */
import { wrongArgument } from "../array/check-array.ts";
import { type NdArray, zeros } from "../array/ndarray.ts";
import { sameShape, showShape } from "../array/shape.ts";
import { describe } from "../base/described.ts";
import { known, NablaError } from "../base/error.ts";
import { inRange } from "../base/range.ts";
import { meanOf } from "../base/statistics/summary.ts";
import { count } from "../base/text.ts";
import type { Examples } from "../data/examples.ts";
import type { Table } from "../data/table.ts";
import { type AveragedOptions, ensemble } from "../nn/ensemble.ts";
import { checkTrained } from "./check-job.ts";
import { decidingError, type Measures } from "./measures.ts";
import { evaluate, type Trained, type UseOptions } from "./trained.ts";

/**
 * One model of several that were trained for the same task: it predicts the mean of their probabilities (or of what
 * `of` selects), and is used, evaluated and saved like any other. Throws `ensemble/members` for models that do not
 * match.
 */
export function ensembleOf(members: readonly Trained[], { of }: Pick<AveragedOptions, "of"> = {}): Trained {
  const first = alike(members);
  const weights = members.flatMap((member, i) =>
    [...member.weights].map(([path, array]) => [`member${i + 1}.${path}`, array] as const),
  );
  const model = ensemble(
    members.map((member) => member.model),
    { loss: first.loss, of },
  );
  return { ...first, model, weights: new Map(weights) };
}

/** The mean of the weights of models of one structure, as fine-tuned from the same weights (Wortsman et al. 2022). */
export function averageOf(members: readonly Trained[]): Trained {
  const first = alike(members);
  const other = members.findIndex(
    ({ model }) => JSON.stringify(describe(model)) !== JSON.stringify(describe(first.model)),
  );
  if (other >= 0) {
    const message = `model ${other + 1} has another structure than model 1: their weights have no mean`;
    throw new NablaError("ensemble/members", message, "average their answers with ensembleOf");
  }
  const mean = ([path, { shape }]: readonly [string, NdArray]): readonly [string, NdArray] => {
    const total = zeros(shape);
    for (const { weights } of members) {
      const { data } = known(weights.get(path), path);
      for (let i = 0; i < data.length; i++) total.data[i] = (total.data[i] ?? 0) + (data[i] ?? 0) / members.length;
    }
    return [path, total];
  };
  return { ...first, weights: new Map([...first.weights].map(mean)) };
}

/** The k of some results whose dev error (then dev cost) is lowest, the best first. */
export function bestOf<R extends { readonly dev?: Measures }>(runs: readonly R[], k: number): readonly R[] {
  if (!Array.isArray(runs)) throw wrongArgument("bestOf › runs", "a list of runs", runs);
  inRange("k", k, { atLeast: 1, atMost: runs.length, whole: true });
  const errorIn = ({ dev }: R): number => (dev === undefined ? 1 : decidingError(dev));
  const order = (a: R, b: R): number => errorIn(a) - errorIn(b) || (a.dev?.cost ?? 0) - (b.dev?.cost ?? 0);
  return runs.toSorted(order).slice(0, k);
}

/** What an ensemble gains, as measured. */
export interface Gain {
  readonly ensemble: Measures;
  readonly members: readonly Measures[];
  /** The best member's error minus the ensemble's: above 0 where the ensemble is better. */
  readonly overBest: number;
  /** The mean of the members' errors minus the ensemble's. */
  readonly overMean: number;
}

/** Measures an ensemble and each of its members on the same rows. */
export async function ensembleGain(
  members: readonly Trained[],
  data: Examples | Table,
  options: UseOptions & { readonly of?: NonNullable<AveragedOptions["of"]> } = {},
): Promise<Gain> {
  const together = await evaluate(ensembleOf(members, options), data, options);
  const alone: Measures[] = [];
  for (const member of members) alone.push(await evaluate(member, data, options));
  const errors = alone.map(({ error }) => error);
  return {
    ensemble: together,
    members: alone,
    overBest: Math.min(...errors) - together.error,
    overMean: meanOf(errors) - together.error,
  };
}

function alike(members: readonly Trained[]): Trained {
  if (!Array.isArray(members)) throw wrongArgument("members", "a list of trained models", members);
  for (const [i, member] of members.entries()) checkTrained(`members[${i}]`, member);
  const [first] = members;
  if (first === undefined)
    throw new NablaError("ensemble/members", `an ensemble needs a model, received ${count(0, "model")}`);
  for (const [i, member] of members.entries()) {
    const differs = difference(first, member);
    if (differs === undefined) continue;
    const message = `model ${i + 1} ${differs}: the models were not trained for the same`;
    throw new NablaError("ensemble/members", message);
  }
  return first;
}

function difference(a: Trained, b: Trained): string | undefined {
  if (!sameShape(a.shape, b.shape))
    return `takes examples of shape ${showShape(b.shape)}, model 1 of ${showShape(a.shape)}`;
  if (a.loss.kind !== b.loss.kind) return `learned by ${b.loss.kind}, model 1 by ${a.loss.kind}`;
  if (String(a.classes) !== String(b.classes)) return `knows the classes ${b.classes}, model 1 ${a.classes}`;
  return undefined;
}
