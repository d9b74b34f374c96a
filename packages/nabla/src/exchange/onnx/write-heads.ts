/** One output of a file for each target of a network that has several. */
import type { SoleTarget } from "../../data/preparation.ts";
import { input } from "../../graph/leaf.ts";
import type { Loss, LossHead } from "../../nn/loss.ts";
import { type GraphWriter, whole } from "./graph-writer.ts";
import { writeTensor } from "./write-ops.ts";
import { writeTarget } from "./write-target.ts";
import { lastName, type Written } from "./written.ts";

/** Whether the answer of a loss is the softmax of its outputs, for which ONNX has an operator. */
export function isSoftmax({ activation }: Pick<Loss, "activation">): boolean {
  return activation === "softmax";
}

/** Shares of the last axis. */
export function writeSoftmax(writer: GraphWriter, value: Written): Written {
  return { shape: value.shape, last: writer.node("Softmax", [lastName(writer, value)], { axis: whole(-1) }) };
}

/** An output of a file: its name and the tensor. */
export interface WrittenOutput {
  readonly name: string;
  readonly value: Written;
}

/** What the output of a target is called. */
export function outputName(target: Pick<SoleTarget, "kind" | "name">): string {
  return `${target.kind === "number" ? "prediction" : "probabilities"}_${target.name}`;
}

/** The answer to one target, from the outputs of all: probabilities, or numbers in the target's own unit. */
export function writeHead(
  writer: GraphWriter,
  output: Written,
  { head, target }: { readonly head: LossHead; readonly target: SoleTarget },
): WrittenOutput {
  const x = input("output", output.shape);
  const own = head.target(x);
  const answered = isSoftmax(head.loss)
    ? writeSoftmax(writer, writeTensor(writer, own, new Map([[x, output]])))
    : writeTensor(writer, head.loss.answer(x), new Map([[x, output]]));
  const value = target.kind === "number" ? writeTarget(writer, answered, target) : answered;
  return { name: outputName(target), value };
}
