/** The losses that take logits. */
import { NablaError } from "../base/error.ts";
import { multiply, subtract } from "../graph/elementwise.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { binaryCrossEntropy, centeredLogits, logSumExpOfCentered, weightedLogits } from "../nn/cross-entropy.ts";
import { pick } from "../nn/functions.ts";
import { graphOf, type Named, shown, Tensor } from "./graph.ts";
import { alike, stretchable } from "./lengths.ts";
import { define, defineMixed, type Operand, tensorOf } from "./operands.ts";
import { probabilityOf } from "./probabilities.ts";

/** The operands of the cross-entropies, by name as TensorFlow asks for them, and a name. */
export interface CrossEntropyOptions extends Named {
  /** What is right: probabilities, or for the sparse one class codes (int32). */
  readonly labels: Operand;
  /** What the network gives, before any sigmoid or softmax. */
  readonly logits: Operand;
}

/**
 * The cross-entropy of sigmoid(logits) with labels, number by number, without overflow: max(z, 0) - z·y + log(1 + e^-|z|).
 * The graph is warned when the logits are probabilities already.
 */
export function sigmoidCrossEntropyWithLogits({ labels, logits, ...named }: CrossEntropyOptions): Tensor {
  const kind = "sigmoidCrossEntropyWithLogits";
  lint(kind, logits);
  return define(
    kind,
    [logits, labels],
    (...pair) => binaryCrossEntropy(...(alikeIn(kind, pair) as [Node, Node])),
    named,
  );
}

/** The cross-entropy of softmax(logits [..., classes]) with probabilities of the same shape: [...]. */
export function softmaxCrossEntropyWithLogits({ labels, logits, ...named }: CrossEntropyOptions): Tensor {
  const kind = "softmaxCrossEntropyWithLogits";
  lint(kind, logits);
  const build = (logit: Node, y: Node): Node => {
    // Σ y·(log Σ e^z - z), which is log Σ e^z - Σ y·z where labels sum to 1, and right also where they do not
    const z = centeredLogits(logit);
    return subtract(multiply(sum(y, { axes: -1 }), logSumExpOfCentered(z)), weightedLogits(z, y));
  };
  return define(kind, [logits, labels], (...pair) => build(...(alikeIn(kind, pair) as [Node, Node])), named);
}

/** The cross-entropy of softmax(logits [batch, classes]) with class codes (int32 [batch]): [batch]. */
export function sparseSoftmaxCrossEntropyWithLogits({ labels, logits, ...named }: CrossEntropyOptions): Tensor {
  const kind = "sparseSoftmaxCrossEntropyWithLogits";
  lint(kind, logits);
  const codes = tensorOf(
    labels,
    "int32",
    graphOf(
      kind,
      [labels, logits].filter((part) => part instanceof Tensor),
    ),
  );
  if (codes.dtype !== "int32") {
    const message = `${kind}: labels are class codes (int32), and "${codes.name}" is ${codes.dtype}`;
    throw new NablaError(
      "tf1/dtype",
      message,
      "take them from tf.argMax(labels, 1), or use softmaxCrossEntropyWithLogits",
    );
  }
  return defineMixed(kind, [logits, codes], (z, y) => sparse(...alike(z as Node, y as Node, [[0, 0]])), named);
}

function sparse(logits: Node, y: Node): Node {
  if (logits.shape.length === 2 && y.shape.length === 1) {
    const z = centeredLogits(logits);
    return subtract(logSumExpOfCentered(z), pick(z, y));
  }
  throw new NablaError(
    "tf1/shape",
    `expected logits [batch, classes] and labels [batch], received ${shown(logits.shape)} and ${shown(y.shape)}`,
  );
}

/** Nothing is stretched here: a loss that compares [batch] with [batch, 1] would be one of all pairs. */
function alikeIn(kind: string, pair: readonly Node[]): readonly Node[] {
  const [z, y] = stretchable(pair);
  if (z !== undefined && y !== undefined && shown(z.shape) === shown(y.shape)) return [z, y];
  const shapes = pair.map(({ shape }) => shown(shape)).join(" and ");
  throw new NablaError("tf1/shape", `${kind}: logits and labels must have one shape, received ${shapes}`);
}

/** Warns where what is taken for logits went through a sigmoid or softmax: the loss would apply a second one. */
function lint(kind: string, logits: Operand): void {
  const entry = probabilityOf(logits, { isHeld: true });
  if (entry === undefined || !(logits instanceof Tensor)) return;
  logits.graph.warnings.push(
    `${kind} takes logits and was given "${logits.name}", which holds probabilities: "${entry.name}" is a ${entry.kind}. Pass what goes into it`,
  );
}
