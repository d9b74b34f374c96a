/** A loop over the steps of sequences: what a step gives is what the next one goes on from. */

import { wrongArgument } from "../array/check-array.ts";
import { filled } from "../array/ndarray.ts";
import { type Dim, type Shape, showShape } from "../array/shape.ts";
import { known, NablaError } from "../base/error.ts";
import { isRecord } from "../base/value-type.ts";
import { checkTensor, checkTensors } from "./check-tensor.ts";
import { matmul } from "./contraction.ts";
import { add, multiply } from "./elementwise.ts";
import { grad } from "./grad.ts";
import { constant, input, isConstant, isInput, valueOfConstant } from "./leaf.ts";
import { broadcast, pad, paddedOf, reshape, slice, sum, transpose } from "./movement.ts";
import { make } from "./op.ts";
import { type Backward, backwardOf, type Columns, type Left, outsideOf, replaced } from "./scan-backward.ts";
import {
  inputsOf,
  type ScanAttributes,
  type ScanBody,
  type ScanGraph,
  type ScanInputs,
  type ScanStep,
  scanOf,
  stepGraph,
} from "./scan-step.ts";
import type { AnyOp, Tensor } from "./tensor.ts";
import { walk } from "./walk.ts";

/** What a loop begins with and is given. */
export interface ScanOptions {
  /** The state before the first step: [rows, width]. */
  readonly initial: Tensor;
  /** At least one tensor [steps, rows, …], of which each step is given its part. */
  readonly given: readonly Tensor[];
  /** Used by steps as right factor of a product, or stretched to [rows, …]. Default: nothing. */
  readonly fixed?: readonly Tensor[];
  /** Whether the last step comes first. Default: no. */
  readonly reverse?: boolean;
}

/**
 * Runs a step once for each position of the first axis. The result [steps + 1, rows, columns] holds the state and what is saved
 * beside it: before the first step at 0, where what is saved is 0, and after step i at i + 1; with `reverse` before the first
 * step at `steps`, and after step i, the last one first, at i. Its gradient is a scan in the other direction, which reads
 * what was saved instead of computing it again. Throws `shape/scan`.
 */
export function scan(step: ScanStep, options: ScanOptions): Tensor {
  if (typeof step !== "function")
    throw wrongArgument("scan › step", "a function from tensors to those of the next step", step);
  if (!isRecord(options)) throw wrongArgument("scan › options", "{ initial, given, fixed, reverse }", options);
  const { initial, given, fixed = [], reverse = false } = options;
  checkTensor("scan › initial", initial);
  checkTensors("scan › given", given);
  checkTensors("scan › fixed", fixed);
  const inputs = [initial, ...given, ...fixed];
  if (given.length === 0)
    throw new NablaError("shape/scan", "scan needs at least one tensor that is given for each step");
  const stateWidth = initial.shape[1];
  if (initial.shape.length !== 2 || typeof stateWidth !== "number")
    throw new NablaError("shape/scan", `scan begins with a state [rows, width], received ${showShape(initial.shape)}`);
  const [rows = 1] = initial.shape;
  for (const { shape } of given) checkGiven(shape, { steps: given[0]?.shape[0], rows });
  const bare = { of: step, stateWidth, width: stateWidth, toJSON: () => "" };
  const graph = stepGraph(inputs, { step: bare, given: given.length, reverse });
  const next = step(inputsOf(graph.leaves, { stateWidth, given: given.length })).next.length;
  const widths = graph.parts.map(({ shape }) => partWidth(shape, rows));
  const state = widths.slice(0, next).reduce((sum, width) => sum + width, 0);
  if (state !== stateWidth)
    throw new NablaError("shape/scan", `a step is given a state of ${stateWidth} columns and gives one of ${state}`);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const signature = `${signatureOf(graph)} ${width}`;
  const body: ScanBody = { of: step, stateWidth, width, toJSON: () => signature };
  const attributes: ScanAttributes = { step: body, given: given.length, reverse };
  return make(scanOp(inputs.length), inputs, { ...attributes });
}

function checkGiven(shape: Shape, { steps, rows }: { readonly steps: Dim | undefined; readonly rows: Dim }): void {
  if (typeof shape[0] === "number" && shape[0] === steps && shape[1] === rows && shape.length >= 2) return;
  const message = `scan is given [steps, rows, …] with ${showShape([steps ?? 1, rows])} as the first two lengths, received ${showShape(shape)}`;
  throw new NablaError("shape/scan", message);
}

function partWidth(shape: Shape, rows: Dim): number {
  const [first, width] = shape;
  if (shape.length === 2 && first === rows && typeof width === "number") return width;
  throw new NablaError("shape/scan", `each part that a step gives is [rows, width], received ${showShape(shape)}`);
}

function signatureOf({ leaves, parts }: ScanGraph): string {
  const numbers = new Map<Tensor, number>(leaves.map((leaf, i) => [leaf, i]));
  const lines = walk(parts).map((node) => {
    if (!numbers.has(node)) numbers.set(node, numbers.size);
    const detail = isConstant(node)
      ? String(valueOfConstant(node).data)
      : isInput(node)
        ? ""
        : JSON.stringify(node.attributes);
    return `${numbers.get(node)}=${node.op.opName}:${node.dtype}(${node.inputs.map((from) => numbers.get(from))})${detail}`;
  });
  return `${lines.join(";")}|${parts.map((part) => numbers.get(part))}`;
}

const FLOATS = { float32: "float32", float64: "float64" } as const;

/** The op of a scan with so many inputs. */
function scanOp(arity: number): AnyOp {
  return {
    opName: "scan",
    definition: {
      arity,
      dtypes: { takes: FLOATS },
      shape: ([initial, first], attributes) => [
        Number(first?.shape[0]) + 1,
        initial?.shape[0] ?? 1,
        (attributes as ScanAttributes).step.width,
      ],
      gradient: scanGradient,
      trials: [],
    },
  };
}

/** The gradient: a scan in the other direction, and outside of it one product for all steps of each fixed factor. */
function scanGradient(
  up: Tensor,
  { inputs, output }: { readonly inputs: readonly Tensor[]; readonly output: Tensor },
): readonly (Tensor | undefined)[] {
  const own = scanOf(output);
  const { reverse, step, given: count } = own;
  const [initial, ...others] = inputs;
  const [given, fixed] = [others.slice(0, count), others.slice(count)];
  const { shape, dtype } = known(initial, "initial state");
  const slopes = withoutPadding(up);
  const before = slots(output, { after: false, reverse });
  const seen = [slots(slopes, { after: true, reverse }), before, slots(output, { after: true, reverse }), ...given];
  const zeros = broadcast(constant(filled([], 0, dtype)), { shape });
  const back = scan((leaves) => backwardOf(own, leaves), { initial: zeros, given: seen, fixed, reverse: !reverse });
  const plan = backwardOf(own, leavesLike(zeros, seen, fixed));
  const steps = slots(back, { after: true, reverse: !reverse });
  const each = (where: Columns): Tensor => columns(steps, where);
  const last = reverse ? Number(output.shape[0]) - 1 : 0;
  const first = (x: Tensor): Tensor =>
    reshape(slice(widened(x, step.stateWidth), { axis: 0, from: last, to: last + 1 }), { shape });
  return [
    add(first(back), first(slopes)),
    ...plan.given.map((where) => where && each(where)),
    ...slopesOfFixed(plan, { fixed, seen, each }),
  ];
}

/** What lies before or after each step. */
function slots(x: Tensor, { after, reverse }: { readonly after: boolean; readonly reverse: boolean }): Tensor {
  const from = after === reverse ? 0 : 1;
  return slice(x, { axis: 0, from, to: from + Number(x.shape[0]) - 1 });
}

function columns(x: Tensor, { from, to }: Columns): Tensor {
  return slice(x, { axis: 2, from, to });
}

/** So many columns: the first ones, or zeros beside those that are there. */
function widened(x: Tensor, width: number): Tensor {
  const own = Number(x.shape[2]);
  return own >= width ? columns(x, { from: 0, to: width }) : pad(x, { axis: 2, before: 0, after: width - own });
}

function leavesLike(initial: Tensor, given: readonly Tensor[], fixed: readonly Tensor[]): ScanInputs {
  return {
    state: input("state", initial.shape, initial.dtype),
    given: given.map(({ shape, dtype }, i) => input(`given${i}`, shape.slice(1), dtype)),
    fixed: fixed.map(({ shape, dtype }, i) => input(`fixed${i}`, shape, dtype)),
  };
}

/** Slopes without the columns of zeros that a slice of the state leaves beside it: as many as the slice has. */
function withoutPadding(up: Tensor): Tensor {
  const [inner] = up.inputs;
  if (up.op.opName !== "pad" || inner === undefined) return up;
  const { axis, before, after, value = 0 } = paddedOf(up);
  if (axis === 2 && before === 0 && value === 0) return inner;
  if (axis !== 0 || value !== 0) return up;
  const narrow = withoutPadding(inner);
  return narrow === inner ? up : pad(narrow, { axis, before, after });
}

/** For each fixed tensor how the cost changes with it: where it is a factor, by one product over all rows of all steps. */
function slopesOfFixed(
  { uses, leaves }: Backward,
  {
    fixed,
    seen,
    each,
  }: { readonly fixed: readonly Tensor[]; readonly seen: readonly Tensor[]; readonly each: (where: Columns) => Tensor },
): readonly Tensor[] {
  if (uses.length === 0) return fixed.map((x) => broadcast(constant(filled([], 0, x.dtype)), { shape: x.shape }));
  const outside = new Map(leaves.map((leaf, i) => [leaf, known(fixed[i], "fixed tensor")]));
  // the slopes are leaves here: what they depend on is not to be differentiated again
  const terms = uses.map(({ fixed: used, slope, left }, i) => {
    const stand = input(`slope${i}`, used.shape, used.dtype);
    outside.set(stand, left === undefined ? sum(each(slope), { axes: 0 }) : product(left, each(slope), { seen, each }));
    return sum(multiply(used, stand));
  });
  const raw = grad(
    terms.reduce((total, term) => add(total, term)),
    leaves,
  );
  const made = replaced(raw, outside);
  return raw.map((one) => known(made.get(one), "slope"));
}

function product(
  left: Left,
  slope: Tensor,
  { seen, each }: { readonly seen: readonly Tensor[]; readonly each: (where: Columns) => Tensor },
): Tensor {
  const factor = "saved" in left ? each(left.saved) : columns(known(seen[outsideOf(left)], "given"), left.columns);
  const flat = (x: Tensor): Tensor => reshape(x, { shape: [-1, x.shape[2] ?? 1] });
  return matmul(transpose(flat(factor)), flat(slope));
}
