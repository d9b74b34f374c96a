/** The step by which the gradient of a scan goes back through it. */
import { known, NablaError } from "../base/error.ts";
import { add, multiply } from "./elementwise.ts";
import { grad } from "./grad.ts";
import { isConstant } from "./leaf.ts";
import { pad, paddedOf, slice, slicedOf, sum } from "./movement.ts";
import { make } from "./op.ts";
import { inputsOf, type ScanAttributes, type ScanInputs, type ScanParts } from "./scan-step.ts";
import type { Tensor } from "./tensor.ts";
import { walk } from "./walk.ts";

/** Neighboring columns of what a scan gives. */
export interface Columns {
  readonly from: number;
  readonly to: number;
}

/** Something fixed, at the place where steps use it, and the columns that say how the cost changes there. */
export interface Use {
  /** The fixed factor of a product, or what is stretched to rows, in terms of the step's fixed leaves. */
  readonly fixed: Tensor;
  readonly slope: Columns;
  /** The other factor, of a product. */
  readonly left?: Left;
}

/** The left factor of a product: columns of what steps save, or those of a leaf that they are given. */
export type Left = { readonly saved: Columns } | { readonly leaf: number; readonly columns: Columns };

/** What a step back gives, and where it lies. */
export interface Backward extends ScanParts {
  readonly saved: readonly Tensor[];
  /** The slopes by what the forward step was given; undefined where the cost does not depend on it. */
  readonly given: readonly (Columns | undefined)[];
  readonly uses: readonly Use[];
  /** The leaves that stand for what is fixed. */
  readonly leaves: readonly Tensor[];
}

/** What a step back is given: slopes of what the forward step gave, its columns before and after it, then what it was given. */
const BEFORE = 1;
const OWN = 3;

/**
 * One step of the gradient. Its state is the slope of the cost by the state after the forward step, as far as later steps
 * decide it, and it gives that by the state before.
 */
export function backwardOf({ step, given: count }: ScanAttributes, inputs: ScanInputs): Backward {
  const [slopes, before, after, ...given] = inputs.given.map((one) => known(one, "given"));
  const { fixed } = inputs;
  const previous = known(before, "columns before");
  const leaves = [previous, ...given, ...fixed];
  const forward = inputsOf(leaves, { stateWidth: step.stateWidth, given: count });
  const { next, saved = [] } = step.of(forward);
  const parts = [...next, ...saved];
  const uses = usesOf(parts, { leaves, fixed });
  const cost = costOf(parts, { slopes: known(slopes, "slopes"), later: inputs.state });
  const raw = grad(cost, [forward.state, ...given, ...uses.map(({ at }) => at)]);
  // what the step gave is there already
  const stored = new Map<Tensor, Tensor>();
  placed(parts).forEach(({ from, to }, i) => {
    const part = parts[i];
    if (part !== undefined && !leaves.includes(part))
      stored.set(part, slice(known(after, "columns after"), { axis: 1, from, to }));
  });
  const wanted = [...raw, ...uses.flatMap(({ left }) => (left === undefined ? [] : [left]))];
  const renewed = replaced(wanted, stored);
  const of = (tensor: Tensor): Tensor => known(renewed.get(tensor), "slope");
  const [byState, ...others] = raw;
  const table = new Table(step.stateWidth);
  const slopesOfGiven = others.slice(0, count).map((slope) => (isZero(slope) ? undefined : table.add(of(slope))));
  const placedUses = uses.map(({ fixed: used, left }, i): Use => {
    const slope = table.add(of(known(others[count + i], "slope of a use")));
    return left === undefined
      ? { fixed: used, slope }
      : { fixed: used, slope, left: leftOf(left, of(left), { leaves: [previous, ...given], table }) };
  });
  return {
    next: columnsOf(of(known(byState, "slope of the state"))),
    saved: table.parts,
    given: slopesOfGiven,
    uses: placedUses,
    leaves: fixed,
  };
}

/** The tensor outside of the loop that a leaf inside stands for, by its number among those that a step back is given. */
export function outsideOf(left: { readonly leaf: number }): number {
  return left.leaf === 0 ? BEFORE : OWN + left.leaf - 1;
}

/** Parts that are saved, side by side after the state, each once. */
class Table {
  readonly parts: Tensor[] = [];
  readonly #places = new Map<string, Columns>();
  readonly #numbers = new Map<Tensor, number>();
  #end: number;

  constructor(stateWidth: number) {
    this.#end = stateWidth;
  }

  add(tensor: Tensor): Columns {
    const pieces = columnsOf(tensor);
    const key = pieces.map((piece) => this.#number(piece)).join();
    const found = this.#places.get(key);
    if (found !== undefined) return found;
    const from = this.#end;
    for (const piece of pieces) {
      this.#end += Number(piece.shape[1]);
    }
    this.parts.push(...pieces);
    const columns = { from, to: this.#end };
    this.#places.set(key, columns);
    if (pieces.length > 1) {
      let at = from;
      for (const piece of pieces) {
        const to = at + Number(piece.shape[1]);
        this.#places.set(`${this.#number(piece)}`, { from: at, to });
        at = to;
      }
    }
    return columns;
  }

  #number(piece: Tensor): number {
    const number = this.#numbers.get(piece) ?? this.#numbers.size;
    this.#numbers.set(piece, number);
    return number;
  }
}

/** A left factor: columns of a leaf where it is that, else a part of its own. */
function leftOf(
  left: Tensor,
  renewed: Tensor,
  { leaves, table }: { readonly leaves: readonly Tensor[]; readonly table: Table },
): Left {
  let [at, from] = [left, 0];
  while (isColumns(at)) {
    from += slicedOf(at).from;
    at = known(at.inputs[0], "operand");
  }
  const leaf = leaves.indexOf(at);
  if (leaf >= 0) return { leaf, columns: { from, to: from + Number(left.shape[1]) } };
  return { saved: table.add(renewed) };
}

function isColumns(node: Tensor): boolean {
  return node.op.opName === "slice" && slicedOf(node).axis === 1;
}

/** The sum of what each part is times how much that changes the cost. */
function costOf(
  parts: readonly Tensor[],
  { slopes, later }: { readonly slopes: Tensor; readonly later: Tensor },
): Tensor {
  const state = Number(later.shape[1]);
  const terms = placed(parts).flatMap(({ from, to }, i) => {
    const part = known(parts[i], "part");
    const by = [cut(slopes, { from, to }), to <= state ? slice(later, { axis: 1, from, to }) : undefined];
    const [slope, more] = by.filter((one) => one !== undefined);
    if (slope === undefined) return [];
    return [sum(multiply(part, more === undefined ? slope : add(slope, more)))];
  });
  return terms.reduce((total, term) => add(total, term));
}

/** Columns of what has zeros from its last column on; undefined where all of them are. */
function cut(x: Tensor, { from, to }: Columns): Tensor | undefined {
  const width = Number(x.shape[1]);
  if (from >= width) return undefined;
  const own = slice(x, { axis: 1, from, to: Math.min(to, width) });
  return to <= width ? own : pad(own, { axis: 1, before: 0, after: to - width });
}

/** The columns of parts that lie side by side. */
export function placed(parts: readonly Tensor[]): readonly Columns[] {
  let end = 0;
  return parts.map(({ shape }) => {
    const from = end;
    end += Number(shape[1]);
    return { from, to: end };
  });
}

interface RawUse {
  readonly fixed: Tensor;
  /** The node whose slope is wanted: the product, or what is stretched. */
  readonly at: Tensor;
  readonly left?: Tensor;
}

/** Where steps use what does not change from step to step. */
function usesOf(
  parts: readonly Tensor[],
  { leaves, fixed }: { readonly leaves: readonly Tensor[]; readonly fixed: readonly Tensor[] },
): readonly RawUse[] {
  const order = walk(parts);
  const moving = new Set<Tensor>(leaves.filter((leaf) => !fixed.includes(leaf)));
  const learned = new Set<Tensor>(fixed);
  for (const node of order) {
    if (node.inputs.some((from) => moving.has(from))) moving.add(node);
    else if (node.inputs.some((from) => learned.has(from))) learned.add(node);
  }
  const uses = new Map<string, RawUse>();
  for (const [number, node] of order.entries()) {
    if (!moving.has(node)) continue;
    for (const [i, from] of node.inputs.entries()) {
      if (!learned.has(from)) continue;
      const [left] = node.inputs;
      if (node.op.opName === "matmul" && i === 1 && left !== undefined)
        uses.set(`product ${number}`, { fixed: from, at: node, left });
      else if (from.shape.length === 2 && from.shape[0] === leaves[0]?.shape[0])
        uses.set(`rows ${order.indexOf(from)}`, { fixed: from, at: from });
      else
        throw new NablaError(
          "shape/scan",
          `a step uses something fixed in ${node.op.opName}, whose gradient a scan has not`,
          "use it as the right factor of a product, or stretched to [rows, …]",
        );
    }
  }
  return [...uses.values()];
}

/** The same tensors with some nodes replaced. */
export function replaced(roots: readonly Tensor[], by: ReadonlyMap<Tensor, Tensor>): ReadonlyMap<Tensor, Tensor> {
  const made = new Map<Tensor, Tensor>(by);
  for (const node of walk(roots)) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((from) => known(made.get(from), "renewed node"));
    const same = inputs.every((from, i) => from === node.inputs[i]);
    made.set(node, same ? node : make(node.op, inputs, node.attributes));
  }
  return made;
}

function isZero(x: Tensor): boolean {
  const [value] = x.inputs;
  return x.op.opName === "broadcast" && value !== undefined && isConstant(value);
}

/** A tensor [rows, width] as neighboring columns, where sums of padded columns made it, as the slopes of slices are. */
export function columnsOf(x: Tensor): readonly Tensor[] {
  const pieces = piecesOf(x, 0)?.toSorted((a, b) => a.from - b.from);
  let end = 0;
  for (const { from, tensor } of pieces ?? []) {
    if (from !== end) return [x];
    end += Number(tensor.shape[1]);
  }
  return pieces === undefined || end !== x.shape[1] ? [x] : pieces.map(({ tensor }) => tensor);
}

interface Piece {
  readonly from: number;
  readonly tensor: Tensor;
}

function piecesOf(x: Tensor, from: number): readonly Piece[] | undefined {
  const [one, other] = x.inputs;
  if (x.op.opName === "pad" && one !== undefined) {
    const { axis, before, value = 0 } = paddedOf(x);
    if (axis === 1 && value === 0) return piecesOf(one, from + before);
  }
  if (x.op.opName === "add" && one !== undefined && other !== undefined) {
    const [a, b] = [piecesOf(one, from), piecesOf(other, from)];
    if (a !== undefined && b !== undefined && !overlap(a, b)) return [...a, ...b];
  }
  return [{ from, tensor: x }];
}

function overlap(a: readonly Piece[], b: readonly Piece[]): boolean {
  const end = ({ from, tensor }: Piece): number => from + Number(tensor.shape[1]);
  return a.some((one) => b.some((other) => one.from < end(other) && other.from < end(one)));
}
