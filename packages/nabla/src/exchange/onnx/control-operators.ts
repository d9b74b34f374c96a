/** Conditions and loops that are decided while reading: their graphs become part of the network. */
import { NablaError } from "../../base/error.ts";
import { concat } from "../../graph/movement.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { arrayValue, type OnnxValue, reshaped } from "./value.ts";

/** Rounds of one loop. */
const MOST_ROUNDS = 1024;

/** Whether a value that is known holds true. Throws `onnx/dynamic`. */
export function isTrue({ array, lengths }: OnnxValue): boolean {
  const item = array?.data[0] ?? lengths?.items[0];
  if (typeof item === "number") return item !== 0;
  throw new NablaError(
    "onnx/dynamic",
    "its condition depends on the examples or the batch size, and only what is known while reading is supported",
  );
}

function chosen(node: OnnxNode): Given {
  // both branches count as looked at: which one runs is what the condition says
  const [yes, no] = ["then_branch", "else_branch"];
  for (const branch of [yes, no]) node.attribute(branch);
  return node.enter(isTrue(node.value(0)) ? yes : no, []);
}

/** A loop of a known number of rounds, written out. Outputs: carried values, then what each round gives in a stack. */
function repeated(node: OnnxNode): Given {
  const rounds = node.has(0) ? node.scalar(0) : Number.POSITIVE_INFINITY;
  let goesOn = node.has(1) ? isTrue(node.value(1)) : true;
  let carried = node.inputs.slice(2).map((_, i) => node.value(i + 2));
  const stacks: OnnxValue[][] = [];
  for (let round = 0; goesOn && round < rounds; round++) {
    if (round >= MOST_ROUNDS) node.refuse(`it runs more than ${MOST_ROUNDS} rounds`);
    const start = [whole(round), arrayValue("", { dtype: "bool", shape: [], data: Uint8Array.of(1) }, false)];
    const [condition, ...given] = node.enter("body", [...start, ...carried], true);
    if (condition === undefined) node.refuse("its body has no output");
    // without a first condition the body's own still ends the loop
    goesOn = isTrue(condition);
    carried = given.slice(0, carried.length);
    for (const [i, value] of given.slice(carried.length).entries()) stacks[i] = [...(stacks[i] ?? []), value];
  }
  if (node.outputs > carried.length + stacks.length) node.refuse("it runs no round, and its outputs have no shape");
  return [...carried, ...stacks.map((values) => stacked(node, values))];
}

function whole(value: number): OnnxValue {
  return arrayValue("", { dtype: "float64", shape: [], data: Float64Array.of(value) }, false);
}

function stacked(node: OnnxNode, values: readonly OnnxValue[]): Partial<OnnxValue> {
  const rows = values.map((value) => {
    const x = node.translation.tensors.of(value);
    return reshaped(x, [1, ...x.shape]);
  });
  return { tensor: concat(rows, { axis: 0 }) };
}

/** Operators with graphs inside by name. */
export const controlOperators: { readonly [opType: string]: Operator } = { If: chosen, Loop: repeated };
