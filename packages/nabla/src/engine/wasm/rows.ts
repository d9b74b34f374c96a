import type { DType } from "../../array/dtype.ts";
import type { Buffer, GatherKernel, ScatterKernel, View } from "../loop.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { LoopOffsets } from "./loop-offsets.ts";
import type { PrintContext } from "./loops.ts";
import { addressOf } from "./nest.ts";
import type { I32, Local, V128 } from "./tokens.ts";
import { loadWhole, storeVector } from "./vectors.ts";

/** Emits a gather: copies table rows selected by index. */
export function printGather({ f, buffers }: PrintContext, kernel: GatherKernel): void {
  const { rows, columns, tableRows } = kernel;
  if (columns === 0) return;
  const table = rowsOf(f, kernel.table, buffers);
  const target = rowsOf(f, kernel.target, buffers);
  eachIndex({ f, buffers }, { rows, view: kernel.indices }, (row, index) => {
    const to = f.keep("i32", addressOfRow(f, row, target));
    f.if(
      f.op("i32.lt_u", f.get(index), f.i32(tableRows)),
      () => {
        const from = f.keep("i32", addressOfRow(f, index, table));
        eachVector(f, { columns, parts: [part(from, table), part(to, target)] }, (vectors) => vectors.load(0));
      },
      () => eachVector(f, { columns, parts: [part(to, target)] }, () => f.zero()),
    );
  });
}

/** Emits a scatter-add: adds rows to the table rows selected by index, in the order of the rows. */
export function printScatter({ f, buffers }: PrintContext, kernel: ScatterKernel): void {
  const { rows, columns, tableRows } = kernel;
  if (columns === 0) return;
  const source = rowsOf(f, kernel.source, buffers);
  const target = rowsOf(f, kernel.target, buffers);
  const add = target.dtype === "float32" || f.width === 2 ? (`${f.names.type}.add` as const) : "i32x4.add";
  eachRow(f, tableRows, (row) => {
    const to = f.keep("i32", addressOfRow(f, row, target));
    eachVector(f, { columns, parts: [part(to, target)] }, () => f.zero());
  });
  eachIndex({ f, buffers }, { rows, view: kernel.indices }, (row, index) => {
    f.if(f.op("i32.lt_u", f.get(index), f.i32(tableRows)), () => {
      const from = f.keep("i32", addressOfRow(f, row, source));
      const to = f.keep("i32", addressOfRow(f, index, target));
      const parts = [part(from, source), part(to, target)];
      eachVector(f, { columns, parts }, (vectors) => f.op(add, vectors.load(1), vectors.load(0)));
    });
  });
}

/** The memory layout of the rows of a matrix; strides in elements. */
interface Rows {
  readonly base: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly dtype: DType;
}

function rowsOf(f: FunctionBuilder, view: View, buffers: readonly Buffer[]): Rows {
  const [rowStride = 0, columnStride = 0] = view.strides;
  return {
    base: addressOf(view, buffers, f.bytes),
    rowStride,
    columnStride,
    dtype: buffers[view.buffer]?.dtype ?? "float32",
  };
}

function addressOfRow(f: FunctionBuilder, row: Local<"i32">, { base, rowStride }: Rows): I32 {
  return f.op("i32.add", f.op("i32.mul", f.get(row), f.i32(rowStride * f.bytes)), f.i32(base));
}

function eachRow(f: FunctionBuilder, rows: number, body: (row: Local<"i32">) => void): void {
  if (rows === 0) return;
  const row = f.keep("i32", f.i32(0));
  f.loop((again) => {
    body(row);
    f.increase(row, 1);
    f.branchIf(again, f.op("i32.lt_u", f.get(row), f.i32(rows)));
  });
}

/** Runs `body` with every row number and the index stored for it. */
function eachIndex(
  { f, buffers }: Pick<PrintContext, "f" | "buffers">,
  { rows, view }: { readonly rows: number; readonly view: View },
  body: (row: Local<"i32">, index: Local<"i32">) => void,
): void {
  const stride = (view.strides[0] ?? 0) * f.bytes;
  eachRow(f, rows, (row) => {
    const address = f.op("i32.mul", f.get(row), f.i32(stride));
    const at = f.op("i32.add", address, f.i32(addressOf(view, buffers, f.bytes)));
    body(row, f.keep("i32", loadWhole(f, at)));
  });
}

/** One row: where it starts, and its stride in elements. */
interface Part {
  readonly start: Local<"i32">;
  readonly stride: number;
}

function part(start: Local<"i32">, { columnStride }: Rows): Part {
  return { start, stride: columnStride };
}

/** Computes vectors along rows of the same length and stores each in the last of the rows. */
function eachVector(
  f: FunctionBuilder,
  { columns, parts }: { readonly columns: number; readonly parts: readonly Part[] },
  body: (vectors: { load(part: number): V128 }) => V128,
): void {
  const target = parts.at(-1);
  if (target === undefined) return;
  const isDense = parts.every(({ stride }) => stride === 1);
  const width = isDense ? f.width : 1;
  const at = parts.map(({ start }) => f.keep("i32", f.get(start)));
  const step = (lanes: number) => {
    const load = (index: number): V128 => {
      const pointer = at[index] ?? target.start;
      return f.load(isDense ? "v128.load" : f.names.loadFirst, f.get(pointer));
    };
    const value = f.keep("v128", body({ load }));
    const access = { strides: [1], base: 0, scale: f.bytes };
    const walk = new LoopOffsets(f, [access], at.at(-1));
    storeVector(f, walk, { access, value }, { dimension: 0, element: 0, lanes });
  };
  const times = Math.floor(columns / width);
  if (times > 0) {
    f.repeat(f.local("i32"), times, () => {
      step(width);
      parts.forEach(({ stride }, i) => {
        const pointer = at[i];
        if (pointer !== undefined) f.increase(pointer, stride * width * f.bytes);
      });
    });
  }
  if (columns % width > 0) step(columns % width);
}
