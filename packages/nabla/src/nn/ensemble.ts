import { type Size, sameShape, showShape } from "../array/shape.ts";
import { describe, given } from "../base/described.ts";
import { NablaError, withContext } from "../base/error.ts";
import { oneOf } from "../base/fields.ts";
import { fork } from "../base/random.ts";
import { add, multiply } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { hardMax } from "./functions.ts";
import type { Applied, Layer } from "./layer.ts";
import type { Loss } from "./loss.ts";

export const AVERAGED = ["answers", "outputs", "votes"] as const;

export interface EnsembleOptions {
  /** Says what an answer is: probabilities for classes. */
  readonly loss: Loss;
  /** Averages answers (default), what the members give before that, or votes for one class each. */
  readonly of?: (typeof AVERAGED)[number];
}

/**
 * Members that answer together (Hansen and Salamon 1990): the mean of their answers, given as the output that the loss
 * makes into that mean, so that an ensemble is used and saved as any other model. The cross-entropy of averaged
 * probabilities is never above the members' mean (Jensen); averaged outputs or votes have no such promise.
 */
export function ensemble(members: readonly Layer[], { loss, of }: EnsembleOptions): Layer {
  if (members.length === 0) throw new NablaError("nn/empty", "an ensemble needs at least one member");
  oneOf("of", of ?? "answers", AVERAGED);
  const named = members.map((member, i) => [`member${i + 1}`, member] as const);
  return {
    kind: "ensemble",
    options: given({ members: members.map(describe), loss: describe(loss), of }),
    minBatchSize: Math.max(1, ...members.map((member) => member.minBatchSize ?? 1)),
    init: (shape, key, hints) => {
      const variables = named.map(
        ([name, member]) => [name, withContext(name, () => member.init(shape, fork(key, name), hints))] as const,
      );
      const shapes = variables.map(([, { shape: out }]) => out);
      return {
        parameters: Object.fromEntries(variables.map(([name, { parameters }]) => [name, parameters])),
        buffers: Object.fromEntries(variables.map(([name, { buffers }]) => [name, buffers])),
        shape: commonShape(shapes),
      };
    },
    apply: (x, scope) => {
      const all = named.map(([name, member]) => withContext(name, () => member.apply(x, scope.within(name))));
      const buffers = new Map(all.flatMap((one: Applied) => [...one.buffers]));
      const outputs = all.map(({ output }) => output);
      return { output: averaged(outputs, of === undefined ? { loss } : { loss, of }), buffers };
    },
  };
}

/** The one output that stands for those of the members. */
export function averaged(outputs: readonly Tensor[], { loss, of = "answers" }: EnsembleOptions): Tensor {
  const outputFor = loss.outputFor ?? ((answer: Tensor) => answer);
  const ways: Record<(typeof AVERAGED)[number], readonly [(x: Tensor) => Tensor, (x: Tensor) => Tensor]> = {
    answers: [loss.answer, outputFor],
    outputs: [(x) => x, (x) => x],
    votes: [(x) => hardMax(x), outputFor],
  };
  const [before, behind] = ways[of];
  return behind(
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
