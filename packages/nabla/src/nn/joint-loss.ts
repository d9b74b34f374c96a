/** The loss of a network that answers several targets at once: one head each, side by side in one output. */
import { type NdArray, ndarray, zeros } from "../array/ndarray.ts";
import { type Shape, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import {
  field,
  number,
  readFields,
  schemaOfFields,
  text,
  type Values,
  wholeNumber,
  word,
  writeFields,
} from "../base/field.ts";
import { count } from "../base/text.ts";
import { listType, type ValueType } from "../base/value-type.ts";
import { add, exp, multiply, negate } from "../graph/elementwise.ts";
import { concat, slice } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type LearnedLoss, type LossHead, loss, lossType } from "./loss.ts";
import { squaredError } from "./regression-losses.ts";

const headFields = {
  target: text({ help: "what the target is called" }),
  outputs: wholeNumber({
    atLeast: 1,
    help: "how many of the network's outputs are its own; its targets are as many numbers",
  }),
  loss: field(lossType, { help: "what is minimized for it" }),
  weight: number({ atLeast: 0, default: 1, source: "all alike", help: "how much it counts beside the others" }),
  usualLoss: number({
    above: 0,
    default: 1,
    source: "no scaling",
    help: "what its loss is divided by: that of the best constant answer on train, so that losses of all targets are alike",
  }),
  usualError: number({
    above: 0,
    default: 1,
    source: "no scaling",
    help: "the same for its error",
  }),
};

/** One target of a joint loss. */
export type JointHead = Values<typeof headFields>;

const headType: ValueType<JointHead> = {
  schema: schemaOfFields(headFields),
  parse: (given) => given,
  format: (data) => JSON.stringify(data),
  write: (value) => writeFields(headFields, value as JointHead),
  read: (data, reading) => readFields(headFields, data, reading),
};

/** What decides how much a target counts. */
const WEIGHTINGS = ["stated", "uncertainty"] as const;

/** A head and where its outputs are. */
interface Placed extends JointHead {
  readonly from: number;
  readonly to: number;
  /** Its part of all weights. */
  readonly share: number;
}

/**
 * The losses of several targets, whose outputs stand side by side: [batch, outputs of the first, of the second, …]. The targets
 * have the same shape: numbers as they are, classes as shares (1 for the right one), labels as 0 and 1. The cost is the mean by
 * weights of relative losses, and the error that of relative errors: 1 is as good as the best constant answer. Weighed by
 * uncertainty, what is minimized while training is instead the mean by weights of loss / variance + ln(variance) / 2, of squared
 * errors loss / (2 variance) + ln(variance) / 2, each with a variance that is learned (Kendall, Gal and Cipolla 2018, equation 10):
 * the relative loss of a target that is hard to predict then counts less. What is reported stays the mean of relative losses.
 */
export const joint = loss(
  "joint",
  {
    heads: field(listType(headType, { least: 1 }), {
      help: "the targets, in the order of the outputs: name, number of outputs, loss and weight of each",
    }),
    weighting: word(WEIGHTINGS, {
      default: "stated",
      source: "whoever trains knows what counts",
      help: "whether weights alone say what a target counts, or also how uncertain its answers are, which is learned",
    }),
  },
  ({ heads, weighting }) => {
    const placed = placedHeads(heads);
    const width = placed.at(-1)?.to ?? 0;
    const mean = (each: (head: Placed) => Tensor, usual: "usualLoss" | "usualError"): Tensor =>
      placed.map((head) => multiply(each(head), head.share / head[usual])).reduce((total, one) => add(total, one));
    const answers = (output: Tensor): readonly Tensor[] => placed.map((head) => head.loss.answer(partOf(output, head)));
    return {
      task: "multitask" as const,
      heads: placed.map(headOf),
      ...(weighting === "stated" ? {} : { learned: byUncertainty(placed) }),
      loss: (output, target, mask) =>
        mean((head) => head.loss.loss(partOf(output, head), partOf(target, head), mask), "usualLoss"),
      exampleError: (output, target, mask) =>
        mean((head) => head.loss.exampleError(partOf(output, head), partOf(target, head), mask), "usualError"),
      answer: (output) => concat(answers(output), { axis: -1 }),
      outputFor: (answer) =>
        concat(
          placed.map((head) => {
            const own = partOf(answer, head);
            return head.loss.outputFor?.(own) ?? own;
          }),
          { axis: -1 },
        ),
      error: (meanMistake) => meanMistake,
      admit: (outputShape, targets, mask) => {
        checkWidth(outputShape, width, heads);
        checkWidth(targets.shape, width, heads, "the targets");
        for (const head of placed)
          head.loss.admit(outputShape.with(-1, head.to - head.from), partOfArray(targets, head), mask);
      },
    };
  },
  { help: "several targets with one head each: the mean of their relative losses by weights", args: ["heads"] },
);

/** Of squared errors half a loss is the logarithm of a likelihood, of all others a whole one. */
function likelihoodShare({ loss: { kind } }: Pick<JointHead, "loss">): number {
  return kind === squaredError.kind ? 0.5 : 1;
}

function byUncertainty(placed: readonly Placed[]): LearnedLoss {
  return {
    name: "logVariances",
    initial: zeros([placed.length]),
    loss: (output, target, logVariances, mask) =>
      placed
        .map((head, i) => {
          const own = slice(logVariances, { axis: 0, from: i, to: i + 1 });
          const precision = multiply(exp(negate(own)), likelihoodShare(head) / head.usualLoss);
          const mistakes = head.loss.loss(partOf(output, head), partOf(target, head), mask);
          return multiply(add(multiply(mistakes, precision), multiply(own, 0.5)), head.share);
        })
        .reduce((total, one) => add(total, one)),
    shares: (logVariances) => {
      const parts = placed.map((head, i) => head.share * likelihoodShare(head) * Math.exp(-(logVariances[i] ?? 0)));
      const total = parts.reduce((sum, part) => sum + part, 0);
      return parts.map((part) => part / total);
    },
  };
}

function placedHeads(heads: readonly JointHead[]): readonly Placed[] {
  const total = heads.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) {
    const message = "every target has the weight 0, so there is nothing to learn";
    throw new NablaError("loss/weights", message, "give one of them a weight above 0");
  }
  let from = 0;
  return heads.map((head) => {
    const placed = { ...head, from, to: from + head.outputs, share: head.weight / total };
    from = placed.to;
    return placed;
  });
}

function headOf(head: Placed): LossHead {
  const { loss: own } = head;
  const output = (all: Tensor): Tensor => partOf(all, head);
  return {
    name: head.target,
    share: head.share,
    usualError: head.usualError,
    from: head.from,
    to: head.to,
    loss: {
      ...own,
      loss: (all, target, mask) => own.loss(output(all), target, mask),
      exampleError: (all, target, mask) => own.exampleError(output(all), target, mask),
      answer: (all) => own.answer(output(all)),
      admit: (shape, targets, mask) => own.admit(shape.with(-1, head.outputs), targets, mask),
    },
    target: output,
    targets: (all) => partOfArray(all, head),
  };
}

type Place = Pick<Placed, "from" | "to">;

function partOf(all: Tensor, { from, to }: Place): Tensor {
  return slice(all, { axis: -1, from, to });
}

/** The columns from `from` to `to` of the last axis, copied. */
function partOfArray({ data, shape }: NdArray, { from, to }: Place): NdArray {
  const width = shape.at(-1) ?? 1;
  const rows = data.length / width;
  const own = new Float32Array(rows * (to - from));
  for (let row = 0; row < rows; row++)
    for (let i = from; i < to; i++) own[row * (to - from) + i - from] = data[row * width + i] ?? 0;
  return ndarray(own, shape.with(-1, to - from));
}

function checkWidth(shape: Shape, width: number, heads: readonly JointHead[], what = "the model's outputs"): void {
  if (shape.length >= 2 && shape.at(-1) === width) return;
  const each = heads.map(({ target, outputs }) => `${target} ${outputs}`).join(", ");
  const message = `joint takes ${count(width, "number")} a row for its targets (${each}), and ${what} are ${showShape(shape)}`;
  throw new NablaError("loss/shape", message, "let the last layer have as many units as all targets together");
}
