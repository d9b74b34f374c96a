import { BYTES, type MatmulKernel, type Value } from "../loop.ts";
import { printDirect } from "./direct-matmul.ts";
import { type PrintContext, printLoop } from "./loops.ts";
import type { MatmulPlan } from "./matmul-plan.ts";
import type { PackedProducts } from "./packed-matmul.ts";
import type { Local } from "./tokens.ts";

/** Prints a product in the way that was planned for it. */
export function printMatmul(
  context: PrintContext,
  kernel: MatmulKernel,
  { plan, packed }: { readonly plan: MatmulPlan; readonly packed: PackedProducts },
): void {
  if (plan.kind === "loop") {
    printLoop(context, asLoop(kernel));
    return;
  }
  eachMatrix(context, kernel, ([a, b, c]) => {
    const offsets = plan.transposed ? [b, a, c] : [a, b, c];
    if (plan.kind === "packed") packed.print(context.f, plan, offsets);
    else printDirect(context.f, { ...plan, packed }, offsets);
  });
}

/** Runs `body` for every matrix of a batch with the byte offsets of a, b and c; none where a matrix stays the same. */
function eachMatrix(
  { f }: PrintContext,
  { batch, a, b, c }: MatmulKernel,
  body: (offsets: readonly (Local<"i32"> | undefined)[]) => void,
): void {
  if (batch === 1) {
    body([]);
    return;
  }
  const strides = [a, b, c].map((view) => view.strides[0] ?? 0);
  const offsets = strides.map((stride) => (stride === 0 ? undefined : f.keep("i32", f.i32(0))));
  f.repeat(f.local("i32"), batch, () => {
    body(offsets);
    offsets.forEach((offset, i) => {
      if (offset !== undefined) f.increase(offset, (strides[i] ?? 0) * BYTES);
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
