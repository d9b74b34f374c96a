/** Lowers a scan to one blocked kernel: the kernels of a step, run once for each step on its part of the data. */
import { elementsOf, sizeOf } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { input } from "../../graph/leaf.ts";
import { placed } from "../../graph/scan-backward.ts";
import { scanOf } from "../../graph/scan-step.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Kernel, LoopKernel, MatmulKernel, Movement, Value, View } from "../loop.ts";
import { collapse, relocated } from "./collapse.ts";
import type { Lowering, LoweringContext } from "./kernels.ts";
import type { BufferSpec, LoweredProgram } from "./lowered-program.ts";
import { type RowBlocks, rowBlocksOf } from "./row-blocks.ts";
import { numberValue } from "./scalars.ts";
import { phasesOf } from "./step-phases.ts";
import { type RowMove, withRowsAt } from "./strided-rows.ts";
import { reshapeStrides } from "./views.ts";

/** Where the step at the lowest address finds a tensor of its graph, and how much further the next step and block of rows do. */
interface Spot {
  readonly buffer: number;
  readonly offset: number;
  readonly move: Move;
}

/** How many elements further something lies in the next step, and in the next block of rows. */
interface Move {
  readonly step: number;
  readonly block: number;
}

const STILL: Move = { step: 0, block: 0 };

/** Elements of a buffer that begins anew with each cache line. */
const LINE = 16;

/** The lowering of a scan. */
export const scanLowerings: Readonly<Record<string, Lowering>> = {
  scan: (node, places) => {
    const attributes = scanOf(node);
    const { reverse } = attributes;
    const [slots = 1, rows = 1, width = 1] = sizeOf(node.shape);
    const steps = slots - 1;
    const buffer = places.buffer(node);
    const slot = rows * width;
    const blocks = rowBlocksOf(node.inputs, attributes, rows);
    const move = { step: reverse ? -slot : slot, block: blocks.count > 1 ? blocks.rows * width : 0 };
    // where a step reads and writes that lies at the lowest address: the first one, or the last to come
    const [before, after] = reverse ? [slot, 0] : [0, slot];
    const begin = reverse ? steps * slot : 0;
    const { leaves, parts } = blocks.graph;
    const spots = new Spots(places, { own: { buffer, move }, blocks });
    const found: Spot[] = [{ buffer, offset: before, move }];
    for (const [i, operand] of node.inputs.slice(1).entries())
      found.push(i < attributes.given ? spots.given(operand, reverse) : spots.fixed(operand));
    found.push({ buffer, offset: after, move });
    const stored = input("stored", [blocks.rows, width], node.dtype);
    const columns = placed(parts);
    const kernels = phasesOf(parts, stored).flatMap((phase) => {
      const outputs = phase.map(({ tensor }) => tensor);
      const program = places.lower({ inputs: [...leaves, stored], outputs, updates: [] });
      // inputs come first among the buffers of a program, in their order
      const at = program.bufferSpecs.map((spec, i): Spot => found[i] ?? spots.own(spec));
      const targets = phase.map(({ number, tensor }): PartTarget => {
        const { from, to } = known(columns[number], "columns");
        return { tensor, width: to - from, to: { buffer, offset: after + from, stride: width } };
      });
      return storedParts({ program, at, leaves: found.length }, targets);
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
            units: blocks.count,
            perUnit: 1,
            groups: blocks.count,
            parts: steps,
            kernels,
            moves: spots.moves,
          },
        ];
  },
};

/** A part of a step, and where it goes: rows of so many numbers. */
interface PartTarget extends Omit<RowMove, "buffer"> {
  readonly tensor: Tensor;
}

/**
 * The kernels of a step that store its parts: right where they go where the kernels can, else they are copied there. `leaves`:
 * how many of its buffers are given from outside.
 */
function storedParts(
  { program, at, leaves }: { readonly program: LoweredProgram; readonly at: readonly Spot[]; readonly leaves: number },
  targets: readonly PartTarget[],
): readonly (LoopKernel | MatmulKernel)[] {
  let kernels: readonly (LoopKernel | MatmulKernel)[] = program.jobs.map(({ kernel }) => moved(kernel, at));
  const copies = targets.flatMap(({ tensor, width, to }, i): readonly LoopKernel[] => {
    const number = known(program.outputs[i], "part");
    const source = known(at[number], "place of a part");
    const isOnce = program.outputs.indexOf(number) === program.outputs.lastIndexOf(number);
    const there = isOnce && number >= leaves ? withAllRowsAt(kernels, { buffer: source.buffer, width, to }) : undefined;
    kernels = there ?? kernels;
    if (there !== undefined) return [];
    const { buffer, offset, stride } = to;
    const sizes = [Number(tensor.shape[0]), width];
    const from = { ...source, strides: [width, 1] };
    return [copied(from, { buffer, offset, strides: [stride, 1] }, { sizes, node: tensor })];
  });
  return [...kernels, ...copies];
}

/** The same kernels with rows elsewhere, if all of them have strides there. */
function withAllRowsAt(
  kernels: readonly (LoopKernel | MatmulKernel)[],
  move: RowMove,
): readonly (LoopKernel | MatmulKernel)[] | undefined {
  const there = kernels.map((kernel) => withRowsAt(kernel, move)).filter((kernel) => kernel !== undefined);
  return there.length === kernels.length ? there : undefined;
}

/** Places of operands. A buffer moves in one way: what would move it in another is copied. */
class Spots {
  readonly #places: LoweringContext;
  readonly #blocks: Pick<RowBlocks, "rows" | "count">;
  readonly #moves: Map<number, Move>;

  constructor(
    places: LoweringContext,
    { own, blocks }: { readonly own: Omit<Spot, "offset">; readonly blocks: Pick<RowBlocks, "rows" | "count"> },
  ) {
    this.#places = places;
    this.#blocks = blocks;
    this.#moves = new Map([[own.buffer, own.move]]);
  }

  get moves(): readonly Movement[] {
    return [...this.#moves].flatMap(([buffer, { step, block }]) =>
      step === 0 && block === 0 ? [] : [{ buffer, unit: 0, group: block, part: step }],
    );
  }

  /** A buffer of a step's own: one for each block of rows, which other threads compute at the same time. */
  own(spec: BufferSpec): Spot {
    const { count } = this.#blocks;
    if (spec.role !== "scratch" || count === 1) return { buffer: this.#places.add(spec), offset: 0, move: STILL };
    const block = Math.ceil(spec.elements / LINE) * LINE;
    const buffer = this.#places.add({ ...spec, elements: block * count });
    this.#moves.set(buffer, { step: 0, block });
    return { buffer, offset: 0, move: { step: 0, block } };
  }

  /** A tensor [steps, …] of which each step reads its part. */
  given(operand: Tensor, reverse: boolean): Spot {
    const [, ...rest] = sizeOf(operand.shape);
    const elements = elementsOf(rest);
    const spot = (view: View): Spot | undefined => {
      const whole = reshapeStrides(rest, view.strides.slice(1), [elements]);
      if (whole === undefined || (elements > 1 && whole[0] !== 1)) return undefined;
      const each = view.strides[0] ?? 0;
      const rows = Number(operand.shape[1]);
      const block = this.#blocks.count > 1 ? (elements / rows) * this.#blocks.rows : 0;
      return { buffer: view.buffer, offset: view.offset, move: { step: reverse ? -each : each, block } };
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
      return isWhole ? { buffer: view.buffer, offset: view.offset, move: STILL } : undefined;
    };
    return (
      this.#claim(spot(this.#places.view(operand))) ?? known(this.#claim(spot(this.#places.dense(operand))), "place")
    );
  }

  #claim(spot: Spot | undefined): Spot | undefined {
    if (spot === undefined) return undefined;
    const move = this.#moves.get(spot.buffer) ?? spot.move;
    this.#moves.set(spot.buffer, move);
    return move.step === spot.move.step && move.block === spot.move.block ? spot : undefined;
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
