/** Scans written out, for formats and tools that have no loops. */
import { filled } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { constant } from "./leaf.ts";
import { broadcast, concat, reshape, slice } from "./movement.ts";
import { make } from "./op.ts";
import { scanOf } from "./scan-step.ts";
import type { Tensor } from "./tensor.ts";
import { walk } from "./walk.ts";

/** The same tensor with the steps of each scan one after the other. */
export function unrolled(root: Tensor): Tensor {
  const made = new Map<Tensor, Tensor>();
  for (const node of walk([root])) {
    const inputs = node.inputs.map((from) => known(made.get(from), "unrolled node"));
    const same = inputs.every((from, i) => from === node.inputs[i]);
    const next = same ? node : make(node.op, inputs, node.attributes);
    made.set(node, node.op.opName === "scan" ? stepByStep(next) : next);
  }
  return known(made.get(root), "unrolled tensor");
}

function stepByStep(node: Tensor): Tensor {
  const { step, given: count, reverse } = scanOf(node);
  const [initial, ...others] = node.inputs;
  const [rows = 1] = known(initial, "initial state").shape;
  const [slots = 1] = node.shape;
  const zeros = (width: number): Tensor => broadcast(constant(filled([], 0, node.dtype)), { shape: [rows, width] });
  const saved = step.width - step.stateWidth;
  let state = known(initial, "initial state");
  const rowsOf = (parts: readonly Tensor[]): Tensor =>
    reshape(concat(parts, { axis: 1 }), { shape: [1, rows, step.width] });
  const all = [rowsOf(saved > 0 ? [state, zeros(saved)] : [state])];
  for (let i = 0; i < Number(slots) - 1; i++) {
    const at = reverse ? Number(slots) - 2 - i : i;
    const own = (x: Tensor): Tensor =>
      reshape(slice(x, { axis: 0, from: at, to: at + 1 }), { shape: x.shape.slice(1) });
    const { next, saved: kept = [] } = step.of({
      state,
      given: others.slice(0, count).map(own),
      fixed: others.slice(count),
    });
    state = concat(next, { axis: 1 });
    all.push(rowsOf([...next, ...kept]));
  }
  return joined(reverse ? all.toReversed() : all);
}

/** Tensors one after the other, by halves, so that none is copied more often than there are halves. */
function joined(tensors: readonly Tensor[]): Tensor {
  if (tensors.length <= 2) return concat(tensors, { axis: 0 });
  const middle = Math.ceil(tensors.length / 2);
  return concat([joined(tensors.slice(0, middle)), joined(tensors.slice(middle))], { axis: 0 });
}
