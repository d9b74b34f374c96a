import { invariant } from "../../base/error.ts";
import type { MatmulKernel, Value } from "../loop.ts";
import { printDirect } from "./direct-matmul.ts";
import { EpiloguePrinter } from "./epilogue.ts";
import { type PrintContext, printLoop, type UnitRange } from "./loops.ts";
import type { MatmulPlan } from "./matmul-plan.ts";
import type { PackedProducts } from "./packed-matmul.ts";
import type { Local } from "./tokens.ts";

/** Prints a product in the way that was planned for it. */
export function printMatmul(
  context: PrintContext,
  kernel: MatmulKernel,
  {
    plan,
    packed,
    accumulate,
    panels,
  }: {
    readonly plan: MatmulPlan;
    readonly packed: PackedProducts;
    readonly accumulate?: Local<"i32">;
    /** Where the right factor of the plan lies in panels. */
    readonly panels?: number | undefined;
  },
): void {
  if (plan.kind === "loop") {
    invariant(kernel.epilogue === undefined, "an epilogue after a product that is a loop");
    printLoop(context, asLoop(kernel));
    return;
  }
  const { epilogue } = kernel;
  invariant(epilogue === undefined || plan.kind === "direct", "an epilogue after a packed product");
  const { transposed } = plan;
  const fused = epilogue && {
    keepsProduct: epilogue.keepsProduct,
    printer: new EpiloguePrinter({ ...context, epilogue, product: kernel.c.buffer, transposed }),
  };
  eachMatrix(context, kernel, ([a, b, c]) => {
    const offsets = plan.transposed ? [b, a, c] : [a, b, c];
    if (plan.kind === "packed") packed.print(context.f, { ...plan, accumulate, panels }, offsets);
    else printDirect(context.f, { ...plan, packed, epilogue: fused }, offsets);
  });
}

/** How the work of a product can be cut: along its rows (m) or columns (n), in units of so many. */
export interface ProductCut {
  readonly side: "m" | "n";
  readonly unit: number;
  readonly units: number;
}

/** Units of a packed product: whole tiles, along the side where fewer numbers are packed twice. */
export function cutOf({ batch }: MatmulKernel, plan: MatmulPlan): ProductCut | undefined {
  if (plan.kind !== "packed" || batch !== 1) return undefined;
  const { product, tile } = plan;
  const side = product.m >= product.n ? "m" : "n";
  const unit = side === "m" ? tile.rows : tile.columns;
  return { side, unit, units: Math.ceil(product[side] / unit) };
}

/** Prints a range of the units of a packed product. */
export function printPart(
  { f }: PrintContext,
  { plan, packed, cut }: { readonly plan: MatmulPlan; readonly packed: PackedProducts; readonly cut: ProductCut },
  { first, end }: UnitRange,
): void {
  invariant(plan.kind === "packed", "only packed products are cut");
  const { product } = plan;
  const { side, unit } = cut;
  const start = f.keep("i32", f.op("i32.mul", f.get(first), f.i32(unit)));
  const rest = f.keep("i32", f.op("i32.sub", f.i32(product[side]), f.get(start)));
  const wanted = f.keep("i32", f.op("i32.mul", f.op("i32.sub", f.get(end), f.get(first)), f.i32(unit)));
  const size = f.select(f.get(wanted), f.get(rest), f.op("i32.lt_s", f.get(wanted), f.get(rest)));
  const part = { side, size: f.keep("i32", size) };
  const offset = (stride: number): Local<"i32"> =>
    f.keep("i32", f.op("i32.mul", f.get(start), f.i32(stride * f.bytes)));
  const { a, b, c } = product;
  const offsets =
    side === "m" ? [offset(a.row), undefined, offset(c.row)] : [undefined, offset(b.column), offset(c.column)];
  packed.print(f, { ...plan, part }, offsets);
}

/** Runs `body` for every matrix of a batch with the byte offsets of a, b and c; none where a matrix stays the same. */
function eachMatrix(
  { f, starts }: PrintContext,
  { batch, a, b, c }: MatmulKernel,
  body: (offsets: readonly (Local<"i32"> | undefined)[]) => void,
): void {
  const from = [a, b, c].map(({ buffer }) => starts?.get(buffer));
  if (batch === 1) {
    body(from);
    return;
  }
  const strides = [a, b, c].map((view) => view.strides[0] ?? 0);
  const offsets = strides.map((stride, i) => {
    const start = from[i];
    return stride === 0 ? start : f.keep("i32", start === undefined ? f.i32(0) : f.get(start));
  });
  f.repeat(f.local("i32"), batch, () => {
    body(offsets);
    offsets.forEach((offset, i) => {
      if (offset !== undefined && strides[i] !== 0) f.increase(offset, (strides[i] ?? 0) * f.bytes);
    });
  });
}

/** A product as a loop with a sum, for shapes that tiles do not suit. */
function asLoop({ label, a, b, c, batch, m, n, k }: MatmulKernel): Parameters<typeof printLoop>[1] {
  const [aBatch = 0, aRow = 0, aColumn = 0] = a.strides;
  const [bBatch = 0, bRow = 0, bColumn = 0] = b.strides;
  const [cBatch = 0, cRow = 0, cColumn = 0] = c.strides;
  const left: Value = { kind: "load", view: { ...a, strides: [aBatch, aRow, 0, aColumn] }, dtype: "float32" };
  const right: Value = { kind: "load", view: { ...b, strides: [bBatch, 0, bColumn, bRow] }, dtype: "float32" };
  const value: Value = { kind: "apply", name: "multiply", inputs: [left, right], dtype: "float32" };
  return {
    kind: "loop",
    label,
    sizes: [batch, m, n, k],
    reduced: [false, false, false, true],
    stores: [{ target: { ...c, strides: [cBatch, cRow, cColumn, 0] }, value, reduce: "sum" }],
  };
}
