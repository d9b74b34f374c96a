import type { MatmulKernel, Value } from "../loop.ts";
import { type PrintContext, printLoop } from "./loops.ts";

export function printMatmul(context: PrintContext, kernel: MatmulKernel): void {
  const { a, b, c, batch, m, n, k } = kernel;
  const [aBatch = 0, aRow = 0, aColumn = 0] = a.strides;
  const [bBatch = 0, bRow = 0, bColumn = 0] = b.strides;
  const [cBatch = 0, cRow = 0, cColumn = 0] = c.strides;
  const left: Value = { kind: "load", view: { ...a, strides: [aBatch, aRow, 0, aColumn] }, dtype: "float32" };
  const right: Value = { kind: "load", view: { ...b, strides: [bBatch, 0, bColumn, bRow] }, dtype: "float32" };
  const value: Value = { kind: "apply", name: "multiply", inputs: [left, right], dtype: "float32" };
  printLoop(context, {
    kind: "loop",
    label: kernel.label,
    sizes: [batch, m, n, k],
    reduced: [false, false, false, true],
    stores: [{ target: { ...c, strides: [cBatch, cRow, cColumn, 0] }, value, reduce: "sum" }],
  });
}
