/**
 * The training objective: one loss, or one for each of several targets by name, as tensors of a step and as sums to
 * report.
 */
import type { NdArray } from "../array/ndarray.ts";
import type { Shape, Size } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { type ByName, isNamed, mapNamed, namedValue, type OneOrNamed } from "../base/named.ts";
import { LEARNED_BY_LOSS } from "../base/parameter-path.ts";
import { inRange } from "../base/range.ts";
import { listing } from "../base/text.ts";
import type { AnyExamples } from "../data/examples.ts";
import { add, divide, multiply } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import { mean as meanOf } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";
import type { LearnedLoss, Loss, LossHead } from "../nn/loss.ts";
import { exampleWeights, meanOfExamples, weightedExamples } from "../nn/mask.ts";
import type { ByPath } from "../nn/model.ts";

/** The loss of one of several targets, and its weight in the total cost. */
export interface WeightedLoss {
  readonly loss: Loss;
  readonly weight: number;
  /** Never there: by it a loss alone is told from a weighted one. */
  readonly kind?: never;
}

/** The losses of several targets, by the names that outputs and targets have. A loss without a weight has weight 1. */
export type NamedLosses = ByName<Loss | WeightedLoss>;

/** A loss for a model with one output, several by name for a model with several. */
export type LossesOf<Out extends Signal> = Out extends Tensor ? Loss : NamedLosses;

/** One loss of a job; `name` is undefined where there is only one. */
export interface Term extends WeightedLoss {
  readonly name: string | undefined;
}

/** The losses of a job. Throws `options/range` for a weight below 0. */
export function termsOf(losses: Loss | NamedLosses): readonly Term[] {
  if (isLoss(losses)) return [{ name: undefined, loss: losses, weight: 1 }];
  return Object.entries(losses).map(([name, one]) => {
    if (isLoss(one)) return { name, loss: one, weight: 1 };
    return { name, loss: one.loss, weight: inRange(`the weight of ${name}`, one.weight, { atLeast: 0 }) };
  });
}

function isLoss(losses: Loss | WeightedLoss | NamedLosses): losses is Loss {
  return typeof losses.kind === "string";
}

/** What losses learn themselves, with its first values, by path. */
export function learnedByLosses(terms: readonly Term[]): ByPath<NdArray> {
  return new Map(
    terms.flatMap(({ name, loss: { learned } }) =>
      learned === undefined ? [] : [[learnedPath(name, learned), learned.initial] as const],
    ),
  );
}

/** The path of what a loss learns. */
export function learnedPath(name: string | undefined, { name: own }: LearnedLoss): string {
  return name === undefined ? `${LEARNED_BY_LOSS}${own}` : `${LEARNED_BY_LOSS}${name}.${own}`;
}

/** Rejects targets that do not match outputs of these shapes. Throws `train/targets` and what losses throw. */
export function admitTargets(
  terms: readonly Term[],
  outputs: OneOrNamed<Size>,
  { targets, mask }: Pick<AnyExamples, "targets" | "mask">,
): void {
  const shapes = mapNamed(outputs, (shape: Size): Shape => ["batch", ...shape]);
  checkNames(terms, { "the model's outputs": shapes, "the targets": targets });
  for (const { name, loss } of terms)
    loss.admit(
      known(namedValue<Shape>(shapes, name), "output"),
      known(namedValue(targets, name), "target"),
      namedValue(mask, name),
    );
}

function checkNames(terms: readonly Term[], others: Readonly<Record<string, OneOrNamed<object>>>): void {
  const expected = terms.flatMap(({ name }) => name ?? []).sort();
  for (const [what, value] of Object.entries(others)) {
    const found = isNamed(value) ? Object.keys(value).sort() : [];
    if (found.join() === expected.join()) continue;
    const show = (names: readonly string[]): string =>
      names.length === 0 ? "one without a name" : listing(names, "and");
    const message = `losses, outputs and targets have the same names; ${what} are ${show(found)}, the losses ${show(expected)}`;
    throw new NablaError("train/targets", message);
  }
}

/** A loss with its tensors. */
interface Built extends Term {
  readonly output: Tensor;
  readonly target: Tensor;
  readonly mask: Tensor | undefined;
  /** [batch] */
  readonly losses: Tensor;
  /** What training goes by: the same, unless the loss learns something itself. */
  readonly minimized: Tensor;
}

/** The losses of a job on the outputs of a model. */
export class TrainingObjective {
  readonly #built: readonly Built[];

  constructor(
    terms: readonly Term[],
    output: Signal,
    {
      y,
      mask,
      learned,
    }: {
      readonly y: Signal;
      readonly mask?: Signal | undefined;
      /** What losses learn themselves, by path; none by default. */
      readonly learned?: ByPath<Tensor>;
    },
  ) {
    this.#built = terms.map((term) => {
      const at = (of: Signal): Tensor => known(namedValue(of, term.name), term.name ?? "tensor");
      const tensors = { output: at(output), target: at(y), mask: namedValue(mask, term.name) };
      const losses = term.loss.loss(tensors.output, tensors.target, tensors.mask);
      const own = term.loss.learned;
      const variable = own === undefined ? undefined : learned?.get(learnedPath(term.name, own));
      const minimized =
        own === undefined || variable === undefined
          ? losses
          : own.loss(tensors.output, tensors.target, variable, tensors.mask);
      return { ...term, ...tensors, losses, minimized };
    });
  }

  /** The losses of the examples: [batch], by the name of the target. */
  get losses(): ByPath<Tensor> {
    return new Map(
      this.#built.map(({ name, losses }) => [name === undefined ? "losses" : `losses of ${name}`, losses]),
    );
  }

  /**
   * What is minimized, without penalties: the mean over all rows that count; of several targets, their weighted sum. With
   * `usual`, what a row counts in the mean of all batches, rows of weights are divided by that and not by what those of
   * the batch come to, so that no row counts more for standing among light ones.
   */
  cost(usual?: number): Tensor {
    return this.#built
      .map(({ name, minimized, mask, weight }) => {
        const mean =
          mask === undefined || usual === undefined
            ? meanOfExamples(minimized, mask)
            : divide(meanOf(weightedExamples(minimized, mask)), usual);
        return name === undefined ? mean : multiply(mean, weight);
      })
      .reduce((total, one) => add(total, one));
  }

  /** Sums over a batch of losses, of errors and, under a mask, of what counts: outputs of a program, for a `Tally`. */
  get sums(): Readonly<Record<string, Tensor>> {
    const sums: Record<string, Tensor> = {};
    for (const { name, loss, losses, output, target, mask } of this.#built) {
      const total = (each: Tensor): Tensor => sum(mask === undefined ? each : weightedExamples(each, mask));
      sums[termKey("loss", name)] = total(losses);
      sums[termKey("error", name)] = total(loss.exampleError(output, target, mask));
      if (mask !== undefined) sums[termKey("counted", name)] = sum(exampleWeights(mask, output));
      for (const head of headsOf({ name, loss })) {
        const own = head.target(target);
        sums[termKey("loss", head.name)] = total(head.loss.loss(output, own, mask));
        sums[termKey("error", head.name)] = total(head.loss.exampleError(output, own, mask));
      }
    }
    return sums;
  }
}

/** The heads of a loss for several targets, which are measured one by one where no names tell other targets apart. */
export function headsOf({ name, loss: { heads = [] } }: Pick<Term, "name" | "loss">): readonly LossHead[] {
  return name === undefined ? heads : [];
}

/** The name of a sum. */
export function termKey(what: string, name: string | undefined): string {
  return name === undefined ? what : `${what}.${name}`;
}
