/** Lowers a scan to one blocked kernel: the kernels of a step, run once for each step on its part of the data. */
import { elementsOf, sizeOf } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { scanOf, stepGraph } from "../../graph/scan-step.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Kernel, LoopKernel, MatmulKernel, Movement, Value, View } from "../loop.ts";
import { collapse, relocated } from "./collapse.ts";
import type { Lowering, LoweringContext } from "./kernels.ts";
import { numberValue } from "./scalars.ts";
import { reshapeStrides } from "./views.ts";

/** Where the step at the lowest address finds a tensor of its graph, and how far further the next one does. */
interface Spot {
  readonly buffer: number;
  readonly offset: number;
  readonly move: number;
}

/** The lowering of a scan. */
export const scanLowerings: Readonly<Record<string, Lowering>> = {
  scan: (node, places) => {
    const attributes = scanOf(node);
    const { reverse } = attributes;
    const [slots = 1, rows = 1, width = 1] = sizeOf(node.shape);
    const steps = slots - 1;
    const buffer = places.buffer(node);
    const slot = rows * width;
    const move = reverse ? -slot : slot;
    // where a step reads and writes that lies at the lowest address: the first one, or the last to come
    const [before, after] = reverse ? [slot, 0] : [0, slot];
    const begin = reverse ? steps * slot : 0;
    const { leaves, parts } = stepGraph(node.inputs, attributes);
    const program = places.lower({ inputs: leaves, outputs: parts, updates: [] });
    const spots = new Spots(places, { buffer, move });
    const found: Spot[] = [{ buffer, offset: before, move }];
    for (const [i, operand] of node.inputs.slice(1).entries())
      found.push(i < attributes.given ? spots.given(operand, reverse) : spots.fixed(operand));
    // inputs come first among the buffers of a program, in their order
    const at = program.bufferSpecs.map((spec, i): Spot => found[i] ?? { buffer: places.add(spec), offset: 0, move: 0 });
    const kernels = program.jobs.map(({ kernel }) => moved(kernel, at));
    let column = 0;
    const stores = parts.map((part, k): LoopKernel => {
      const w = Number(part.shape[1]);
      const source = known(at[known(program.outputs[k], "part")], "place of a part");
      const target = { buffer, offset: after + column, strides: [width, 1] };
      column += w;
      return copied({ ...source, strides: [w, 1] }, target, { sizes: [rows, w], node: part });
    });
    const first = [
      ...(width > attributes.step.stateWidth ? [cleared(node, { buffer, offset: begin, elements: slot })] : []),
      copied(
        places.view(known(node.inputs[0], "initial state")),
        { buffer, offset: begin, strides: [width, 1] },
        {
          sizes: [rows, attributes.step.stateWidth],
          node,
        },
      ),
    ];
    return steps === 0
      ? first
      : [
          ...first,
          {
            kind: "blocked",
            label: `scan of ${steps} steps`,
            units: 1,
            perUnit: steps,
            groups: steps,
            parts: 1,
            kernels: [...kernels, ...stores],
            moves: spots.moves,
          },
        ];
  },
};

/** Places of operands. A buffer moves in one way: what would move it in another is copied. */
class Spots {
  readonly #places: LoweringContext;
  readonly #moves: Map<number, number>;

  constructor(places: LoweringContext, own: { readonly buffer: number; readonly move: number }) {
    this.#places = places;
    this.#moves = new Map([[own.buffer, own.move]]);
  }

  get moves(): readonly Movement[] {
    return [...this.#moves].flatMap(([buffer, group]) => (group === 0 ? [] : [{ buffer, unit: 0, group, part: 0 }]));
  }

  /** A tensor [steps, …] of which each step reads its part. */
  given(operand: Tensor, reverse: boolean): Spot {
    const [, ...rest] = sizeOf(operand.shape);
    const elements = elementsOf(rest);
    const spot = (view: View): Spot | undefined => {
      const whole = reshapeStrides(rest, view.strides.slice(1), [elements]);
      if (whole === undefined || (elements > 1 && whole[0] !== 1)) return undefined;
      const each = view.strides[0] ?? 0;
      return { buffer: view.buffer, offset: view.offset, move: reverse ? -each : each };
    };
    return (
      this.#claim(spot(this.#places.view(operand))) ?? known(this.#claim(spot(this.#places.dense(operand))), "place")
    );
  }

  /** A tensor that all steps read. */
  fixed(operand: Tensor): Spot {
    const size = sizeOf(operand.shape);
    const elements = elementsOf(size);
    const spot = (view: View): Spot | undefined => {
      const whole = reshapeStrides(size, view.strides, [elements]);
      const isWhole = whole !== undefined && (elements <= 1 || whole[0] === 1);
      return isWhole ? { buffer: view.buffer, offset: view.offset, move: 0 } : undefined;
    };
    return (
      this.#claim(spot(this.#places.view(operand))) ?? known(this.#claim(spot(this.#places.dense(operand))), "place")
    );
  }

  #claim(spot: Spot | undefined): Spot | undefined {
    if (spot === undefined) return undefined;
    const move = this.#moves.get(spot.buffer) ?? spot.move;
    this.#moves.set(spot.buffer, move);
    return move === spot.move ? spot : undefined;
  }
}

/** A kernel of a step on the buffers of the whole program, at the lowest step. */
function moved(kernel: Kernel, at: readonly Spot[]): LoopKernel | MatmulKernel {
  const place = (view: View): View => {
    const { buffer, offset } = known(at[view.buffer], "place of a buffer");
    return { buffer, offset: view.offset + offset, strides: view.strides };
  };
  if (kernel.kind === "matmul") return { ...kernel, a: place(kernel.a), b: place(kernel.b), c: place(kernel.c) };
  if (kernel.kind === "loop") return { ...kernel, stores: relocated(kernel.stores, place) };
  const message = `a step of a scan computes elements, sums and products, and not ${kernel.label}`;
  throw new NablaError("engine/scan", message, "compute it for all steps before the scan, or after it");
}

function copied(
  from: View,
  target: View,
  { sizes, node }: { readonly sizes: readonly number[]; readonly node: Tensor },
): LoopKernel {
  const value: Value = {
    kind: "load",
    view: { buffer: from.buffer, offset: from.offset, strides: from.strides },
    dtype: node.dtype,
  };
  const stores = [{ target, value }];
  return collapse({ kind: "loop", label: "copy of a part", sizes, reduced: sizes.map(() => false), stores });
}

function cleared(
  node: Tensor,
  { buffer, offset, elements }: { readonly buffer: number; readonly offset: number; readonly elements: number },
): LoopKernel {
  const stores = [{ target: { buffer, offset, strides: [1] }, value: numberValue(0, node.dtype) }];
  return { kind: "loop", label: "fill", sizes: [elements], reduced: [false], stores };
}
