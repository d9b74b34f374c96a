/** GRU and LSTM as recurrent layers. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { initialOf, isConstant, isState, valueOfConstant } from "../../graph/leaf.ts";
import { concat, reshape, slice } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import { recurrent } from "../../nn/recurrent.ts";
import { layerNode } from "../layer-node.ts";
import { permutedArray } from "./arrays.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { gatesInOrder, ONNX_CELLS } from "./recurrent-cells.ts";
import { permuted } from "./value.ts";

const DIRECTIONS = { forward: "forward", reverse: "backward", bidirectional: "both" } as const;

const read =
  (cell: "gru" | "lstm"): Operator =>
  (node): Given => {
    const [weights, states] = [node.array(1), node.array(2)];
    const [ways = 1, rows = 1] = weights.shape;
    const units = states.shape[2] ?? 1;
    const spelled = node.text("direction", "forward");
    const direction = DIRECTIONS[spelled as keyof typeof DIRECTIONS];
    if (direction === undefined) throw new NablaError("onnx/attribute", `its direction is "${spelled}"`);
    node.only("layout", 0, "export it with the steps first");
    if (node.integer("hidden_size", units) !== units || rows !== ONNX_CELLS[cell].gates.length * units)
      throw new NablaError("onnx/shape", `its weights are of shape [${weights.shape.join(", ")}] for ${units} units`);
    refuseBeginnings(node, cell);
    if (cell === "lstm") node.only("input_forget", 0);
    if (cell === "gru") node.only("linear_before_reset", 1, "export it from PyTorch, or from Keras with reset_after");
    const names = ways === 2 ? ["forward.", "backward."] : [""];
    const kept = Object.assign({}, ...names.map((name, way) => keptOf(node, cell, { name, way, units })));
    const x = permuted(node.tensor(0), [1, 0, 2]);
    const [batch = 1, time = 1] = x.shape;
    const layer = recurrent(units, { cell, returns: "all", direction });
    const all = layerNode(layer, x, kept, [batch, time, ways * units]);
    const split = reshape(all, { shape: [batch, time, ways, units] });
    const steps = permuted(split, [1, 2, 0, 3]);
    if (node.outputs < 2) return { tensor: steps };
    const ends = Array.from({ length: ways }, (_, way) => {
      const at = direction === "backward" || way === 1 ? 0 : Number(time) - 1;
      return slice(slice(steps, { axis: 0, from: at, to: at + 1 }), { axis: 1, from: way, to: way + 1 });
    });
    const last = reshape(concat(ends, { axis: 1 }), { shape: [ways, batch, units] });
    return [{ tensor: steps }, { tensor: last }];
  };

interface Way {
  /** What the paths of the parameters begin with. */
  readonly name: string;
  readonly way: number;
  readonly units: number;
}

/** The parameters of one direction, as the layer has them. */
function keptOf(node: OnnxNode, cell: "gru" | "lstm", { name, way, units }: Way): Readonly<Record<string, NdArray>> {
  const { gates } = ONNX_CELLS[cell];
  const order = gates.map((_, gate) => gates.indexOf(gate));
  const columns = (i: number): NdArray => gatesInOrder(permutedArray(part(node.array(i), way), [1, 0]), order);
  const width = gates.length * units;
  const both = node.has(3) ? part(node.array(3), way).data : new Float32Array(2 * width);
  const bias = (from: number): NdArray =>
    gatesInOrder(ndarray(Float32Array.from(both.slice(from, from + width)), [width]), order);
  const [own, other] = [bias(0).data, bias(width).data];
  // the bias of a GRU's last gate is inside of what its reset gate is a factor of
  const joined = cell === "gru" ? width - units : width;
  const input = Float32Array.from(own, (value, i) => value + (i < joined ? (other[i] ?? 0) : 0));
  return {
    [`${name}input.weights`]: columns(1),
    [`${name}input.bias`]: ndarray(input, [width]),
    [`${name}recurrent.weights`]: columns(2),
    ...(cell === "gru" ? { [`${name}recurrent.bias`]: ndarray(Float32Array.from(other.slice(joined)), [units]) } : {}),
  };
}

function part({ data, shape: [, ...shape] }: NdArray, way: number): NdArray {
  const size = elementsOf(shape);
  return ndarray(Float32Array.from(data.slice(way * size, (way + 1) * size)), shape);
}

/** Throws `onnx/input` for a state to begin with other than 0, lengths of single rows, and peepholes. */
function refuseBeginnings(node: OnnxNode, cell: "gru" | "lstm"): void {
  const inputs: readonly (readonly [number, string])[] = [
    [4, "lengths of single sequences"],
    [5, "a state to begin with"],
    ...(cell === "lstm"
      ? ([
          [6, "a memory to begin with"],
          [7, "peepholes"],
        ] as const)
      : []),
  ];
  for (const [i, what] of inputs) {
    if (!node.has(i)) continue;
    if (i === 4 || !isZero(node.tensor(i)))
      throw new NablaError("onnx/input", `it is given ${what}, which is not supported`, "export it without");
  }
}

/** Ops that only move numbers. */
const MOVES = new Set(["broadcast", "reshape", "transpose", "slice", "cast"]);

/** Whether a tensor is zeros for any batch. */
function isZero(tensor: Tensor): boolean {
  return walk([tensor]).every((node) => {
    const array = isConstant(node) ? valueOfConstant(node) : isState(node) ? initialOf(node) : undefined;
    return array === undefined ? MOVES.has(node.op.opName) : array.data.every((value: number) => value === 0);
  });
}

/** Recurrent operators. */
export const recurrentOperators: Readonly<Record<"GRU" | "LSTM", Operator>> = { GRU: read("gru"), LSTM: read("lstm") };
