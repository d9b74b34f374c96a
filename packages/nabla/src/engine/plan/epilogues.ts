/**
 * Epilogue fusion: consumers of a product are computed while its sums are still in registers. A bias and an activation
 * after a product, or the update of the weights after their gradient, become its epilogue instead of a separate loop.
 */
import { known } from "../../base/error.ts";
import type { Epilogue, Kernel, LoopKernel, MatmulKernel, Store, Value, View } from "../loop.ts";
import { restride } from "./collapse.ts";
import { accessesOf, type Ordered } from "./order.ts";

/** Options of `fuseEpilogues`. */
export interface EpilogueOptions {
  /** Whether the kernel chosen for a product supports an epilogue. */
  readonly pays: (kernel: MatmulKernel) => boolean;
  /** Live-out buffers (fetched or persistent), which must contain their values at the end. */
  readonly kept: ReadonlySet<number>;
}

/** Fuses loops into the products that they follow, where no kernel in between conflicts. */
export function fuseEpilogues({ kernels, inPlace }: Ordered, { pays, kept }: EpilogueOptions): Ordered {
  const sequence = [...kernels];
  for (let i = 0; i < sequence.length; i++) {
    const product = sequence[i];
    if (product?.kind !== "matmul" || product.epilogue !== undefined || product.batch !== 1) continue;
    if (!pays(product)) continue;
    const at = sequence.findIndex((kernel, j) => j > i && accessesOf(kernel).reads.includes(product.c.buffer));
    const loop = sequence[at];
    if (loop?.kind !== "loop") continue;
    const stores = epilogueOf(product, loop);
    if (stores === undefined) continue;
    const others = sequence.filter((_, j) => j !== i && j !== at);
    const keepsProduct =
      kept.has(product.c.buffer) || others.some((kernel) => accessesOf(kernel).reads.includes(product.c.buffer));
    // the product itself is needed where the loop is skipped too
    if (keepsProduct && loop.predicate !== undefined) continue;
    const fused: MatmulKernel = {
      ...product,
      label: `${product.label} + ${loop.label}`,
      epilogue: { stores, keepsProduct },
      ...(loop.predicate === undefined ? {} : { predicate: loop.predicate }),
    };
    // The product can move down to its loop, or the loop up to the product: whichever the kernels between them allow.
    const between = sequence.slice(i + 1, at);
    const place = between.every((kernel) => commute(kernel, product))
      ? at
      : between.every((kernel) => commute(kernel, loop))
        ? i
        : undefined;
    if (place === undefined || touchesOperands(fused)) continue;
    sequence[place] = fused;
    sequence.splice(place === at ? i : at, 1);
    if (place === at) i--;
  }
  return { kernels: sequence, inPlace };
}

/** The stores of a loop over all elements of a product, with strides [row, column]; undefined for any other loop. */
function epilogueOf({ m, n, c }: MatmulKernel, loop: LoopKernel): Epilogue["stores"] | undefined {
  if (loop.reduced.includes(true)) return undefined;
  const along = matrixOf(loop.sizes, m, n);
  if (along === undefined) return undefined;
  const stores = restride(loop.stores, along);
  const [, row, column] = c.strides;
  const isProduct = ({ offset, strides }: View): boolean =>
    offset === c.offset && (m === 1 || strides[0] === row) && (n === 1 || strides[1] === column);
  const pending: Value[] = stores.map(({ value }) => value);
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value.kind === "index") return undefined;
    if (value.kind === "load" && value.view.buffer === c.buffer && !isProduct(value.view)) return undefined;
    if (value.kind === "apply") pending.push(...value.inputs);
  }
  return stores;
}

/** Maps the strides of a loop of these sizes to rows and columns. */
function matrixOf(
  sizes: readonly number[],
  m: number,
  n: number,
): ((strides: readonly number[]) => readonly number[]) | undefined {
  const [first = 1, second] = sizes;
  if (second !== undefined) return sizes.length === 2 && first === m && second === n ? (strides) => strides : undefined;
  if (first !== m * n) return undefined;
  return ([stride = 0]) => (n === 1 ? [stride, 0] : [m === 1 ? 0 : stride * n, stride]);
}

/** Whether two kernels can be reordered. */
function commute(one: Kernel, other: Kernel): boolean {
  const [a, b] = [accessesOf(one), accessesOf(other)];
  return (
    a.writes.every((buffer) => !b.writes.includes(buffer) && !b.reads.includes(buffer)) &&
    a.reads.every((buffer) => !b.writes.includes(buffer))
  );
}

/** A store into an operand would change sums still to be computed; one that reads elsewhere what it writes, its own. */
function touchesOperands({ a, b, c, epilogue }: MatmulKernel): boolean {
  const stores = known(epilogue, "epilogue").stores;
  const written = new Map(stores.map(({ target }) => [target.buffer, target]));
  if (written.has(a.buffer) || written.has(b.buffer) || written.has(c.buffer)) return true;
  const seen = new Set<Value>();
  const pending: Value[] = stores.map(({ value }) => value);
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (value.kind === "apply") pending.push(...value.inputs);
    if (value.kind !== "load") continue;
    const target = written.get(value.view.buffer);
    if (target !== undefined && !samePlace(target, value.view)) return true;
  }
  return false;
}

function samePlace(target: Store["target"], view: View): boolean {
  return target.offset === view.offset && target.strides.every((stride, i) => stride === view.strides[i]);
}
