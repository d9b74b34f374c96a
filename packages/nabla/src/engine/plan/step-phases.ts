/** Orders what a step of a scan computes, so that parts are read from where they are stored for all steps. */
import { known } from "../../base/error.ts";
import { slice } from "../../graph/movement.ts";
import { type Columns, columnsOf, placed, replaced } from "../../graph/scan-backward.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { walk } from "../../graph/walk.ts";
import { isPointwise } from "./groups.ts";
import { isCheap } from "./scalars.ts";
import { isLeaf } from "./storage.ts";
import { isView } from "./views.ts";

/** A part of a step, with its number among all. */
export interface NumberedPart {
  readonly number: number;
  readonly tensor: Tensor;
}

/**
 * The gradient of a product of several gates needs the gradients of all gates side by side. They lie so where the step stores
 * them: the first phase computes them, the second one reads them there as columns of `stored`. One phase where no part needs others
 * side by side, or where the second one would compute much again.
 */
export function phasesOf(parts: readonly Tensor[], stored: Tensor): readonly (readonly NumberedPart[])[] {
  const all = parts.map((tensor, number) => ({ number, tensor }));
  const columns = placed(parts);
  const joined = walk(parts).flatMap((node) => {
    const lies = besideIn(node, parts, columns);
    return lies === undefined ? [] : [{ node, lies }];
  });
  if (joined.length === 0) return [all];
  const nodes = new Set(joined.map(({ node }) => node));
  const isLate = ({ tensor }: NumberedPart): boolean => walk([tensor]).some((node) => nodes.has(node));
  const early = all.filter((part) => !isLate(part));
  const computed = walk(early.map(({ tensor }) => tensor));
  if (computed.some((node) => nodes.has(node))) return [all];
  const late = all.filter(isLate);
  const at = (lies: Columns): Tensor => slice(stored, { axis: 1, ...lies });
  const made = replaced(
    late.map(({ tensor }) => tensor),
    new Map([
      ...early.map(({ number, tensor }) => [tensor, at(known(columns[number], "columns"))] as const),
      ...joined.map(({ node, lies }) => [node, at(lies)] as const),
    ]),
  );
  const rest = late.map(({ number, tensor }) => ({ number, tensor: known(made.get(tensor), "part") }));
  const before = new Set(computed);
  const again = walk(rest.map(({ tensor }) => tensor)).filter((node) => before.has(node));
  return again.every(isQuick) ? [early, rest] : [all];
}

/** Where neighboring parts lie that a sum of padded columns consists of. */
function besideIn(node: Tensor, parts: readonly Tensor[], columns: readonly Columns[]): Columns | undefined {
  const pieces = columnsOf(node);
  const [first, ...others] = pieces;
  if (first === undefined || others.length === 0) return undefined;
  const start = parts.indexOf(first);
  if (start < 0 || pieces.some((piece, i) => parts[start + i] !== piece)) return undefined;
  const { from } = known(columns[start], "columns");
  return { from, to: known(columns[start + others.length], "columns").to };
}

function isQuick(node: Tensor): boolean {
  return isLeaf(node) || isView(node) || (isPointwise(node) && isCheap(node));
}
