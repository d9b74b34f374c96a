import { type Size, sameShape, showShape } from "../array/shape.ts";
import { NablaError, withContext } from "../base/error.ts";
import { field, list, word } from "../base/field.ts";
import { fork } from "../base/random.ts";
import { add, multiply } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { hardMax } from "./functions.ts";
import { largestMinBatchSize, layer, layerType } from "./layer.ts";
import { type Loss, lossType } from "./loss.ts";

const AVERAGED = ["answers", "outputs", "votes"] as const;

/**
 * Members that predict together (Hansen and Salamon 1990): the mean of their predictions, as the output that the loss
 * maps to that mean, so that an ensemble is used and saved as any other model. The cross-entropy of averaged
 * probabilities is never above the members' mean (Jensen); averaged outputs or votes have no such guarantee.
 */
export const ensemble = layer(
  "ensemble",
  {
    members: list(layerType, { help: "the models of the ensemble" }),
    loss: field(lossType, { help: "says what an answer is: probabilities for classes" }),
    of: word(AVERAGED, {
      default: "answers",
      source: "Jensen's inequality holds for them",
      help: "what is averaged: answers, what the members give before that, or votes for one class each",
    }),
  },
  ({ members, loss, of }) => {
    if (members.length === 0) throw new NablaError("nn/empty", "an ensemble needs at least one member");
    const layers = new Map(members.map((member, i) => [`member${i + 1}`, member]));
    return {
      layers,
      averages: [...layers.keys()],
      ...largestMinBatchSize(members),
      shapeOf: (shape) => commonShape([...layers].map(([name, one]) => withContext(name, () => one.shapeOf(shape)))),
      init: (shape, key, hints) => {
        const all = [...layers].map(
          ([name, one]) => [name, withContext(name, () => one.init(shape, fork(key, name), hints))] as const,
        );
        return {
          parameters: Object.fromEntries(all.map(([name, { parameters }]) => [name, parameters])),
          buffers: Object.fromEntries(all.map(([name, { buffers }]) => [name, buffers])),
        };
      },
      apply: (x, scope) => {
        const all = [...layers].map(([name, one]) => withContext(name, () => one.apply(x, scope.within(name))));
        const outputs = all.map(({ output }) => output);
        return {
          output: averaged(outputs, { loss, of }),
          buffers: new Map(all.flatMap(({ buffers }) => [...buffers])),
          inside: new Map(all.flatMap(({ inside }) => [...(inside ?? [])])),
        };
      },
    };
  },
  { help: "an ensemble of models", args: ["members"] },
);

/** How the outputs of an ensemble's members are combined. */
export interface AveragedOptions {
  readonly loss: Loss;
  /** Default: answers. */
  readonly of?: (typeof AVERAGED)[number];
}

/** The combined output of the members. */
export function averaged(outputs: readonly Tensor[], { loss, of = "answers" }: AveragedOptions): Tensor {
  const outputFor = loss.outputFor ?? ((answer: Tensor) => answer);
  const ways: Record<(typeof AVERAGED)[number], readonly [(x: Tensor) => Tensor, (x: Tensor) => Tensor]> = {
    answers: [loss.answer, outputFor],
    outputs: [(x) => x, (x) => x],
    votes: [(x) => hardMax(x), outputFor],
  };
  const [before, after] = ways[of];
  return after(
    multiply(
      outputs.map(before).reduce((sum, one) => add(sum, one)),
      1 / outputs.length,
    ),
  );
}

function commonShape(shapes: readonly Size[]): Size {
  const [first = []] = shapes;
  const other = shapes.findIndex((shape) => !sameShape(shape, first));
  if (other < 0) return first;
  const message = `member 1 answers with ${showShape(first)}, member ${other + 1} with ${showShape(shapes[other] ?? [])}`;
  throw new NablaError("nn/ensemble", message, "members must have been trained for the same targets");
}
