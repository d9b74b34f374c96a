import type { DType } from "../../../src/array/dtype.ts";
import { philox } from "../../../src/base/random.ts";
import type { Kernel, LoopKernel, Lowered, ScalarName, Value, View } from "../../../src/engine/loop.ts";

/** One array of float64 per buffer; bools are 0 and 1. */
export type Contents = Float64Array[];

/** Runs a lowered program in the plainest float64 loops: the meaning of the loop form. Changes `contents`. */
export function interpret(lowered: Lowered, contents: Contents): void {
  for (const kernel of lowered.kernels) interpretKernel(kernel, contents);
}

function interpretKernel(kernel: Kernel, contents: Contents, isLater = false): void {
  const data = (view: View) => contents[view.buffer] ?? new Float64Array();
  const read = (view: View, ...index: number[]) => data(view)[place(view, index)] ?? Number.NaN;
  const write = (view: View, value: number, ...index: number[]) => {
    data(view)[place(view, index)] = value;
  };
  switch (kernel.kind) {
    case "loop":
      interpretLoop(kernel, read, write);
      return;
    case "matmul": {
      const { batch, m, n, k, a, b, c } = kernel;
      const [left, right] = [data(a), data(b)];
      for (const [s = 0, i = 0, j = 0] of indices([batch, m, n])) {
        const [row, column] = [place(a, [s, i, 0]), place(b, [s, 0, j])];
        const [along = 0, down = 0] = [a.strides[2], b.strides[1]];
        let sum = 0;
        for (let p = 0; p < k; p++) sum += (left[row + p * along] ?? 0) * (right[column + p * down] ?? 0);
        write(c, kernel.accumulates === true && isLater ? read(c, s, i, j) + sum : sum, s, i, j);
      }
      return;
    }
    case "blocked":
      for (const [group = 0, part = 0] of indices([kernel.groups, kernel.parts])) {
        const unit = Math.floor(group / kernel.perUnit);
        const moved = [...contents];
        for (const move of kernel.moves) {
          const start = unit * move.unit + group * move.group + part * move.part;
          moved[move.buffer] = (contents[move.buffer] ?? new Float64Array()).subarray(start);
        }
        for (const one of kernel.kernels) interpretKernel(one, moved, group % kernel.perUnit > 0 || part > 0);
      }
      return;
    case "argmax": {
      const outer = kernel.sizes.slice(0, -1);
      for (const index of indices(outer)) {
        let best = 0;
        for (let i = 1; i < (kernel.sizes.at(-1) ?? 0); i++) {
          if (read(kernel.source, ...index, i) > read(kernel.source, ...index, best)) best = i;
        }
        write(kernel.target, best, ...index);
      }
      return;
    }
    case "gather":
      for (const [r = 0, c = 0] of indices([kernel.rows, kernel.columns])) {
        const row = read(kernel.indices, r);
        write(kernel.target, row >= 0 && row < kernel.tableRows ? read(kernel.table, row, c) : 0, r, c);
      }
      return;
    case "scatter":
      for (const [r = 0, c = 0] of indices([kernel.tableRows, kernel.columns])) write(kernel.target, 0, r, c);
      for (const [r = 0, c = 0] of indices([kernel.rows, kernel.columns])) {
        const row = read(kernel.indices, r);
        if (row < 0 || row >= kernel.tableRows) continue;
        write(kernel.target, read(kernel.target, row, c) + read(kernel.source, r, c), row, c);
      }
      return;
    case "random": {
      const [low = 0, high = 0, step = 0] = [0, 1, 2].map((i) => read(kernel.key, i) >>> 0);
      for (let i = 0; i < kernel.elements; i++) {
        const block = philox([((i >> 4) << 2) + (i & 3), kernel.stream >>> 0, step, 0], [low, high]);
        write(kernel.target, ((block[(i >> 2) & 3] ?? 0) >>> 8) * 2 ** -24, i);
      }
    }
  }
}

type Read = (view: View, ...index: number[]) => number;
type Write = (view: View, value: number, ...index: number[]) => void;

/** Reads everything before it writes anything at an index; reductions start at the first index that meets a target. */
function interpretLoop(kernel: LoopKernel, read: Read, write: Write): void {
  const started = kernel.stores.map(() => new Map<number, number>());
  for (const index of indices(kernel.sizes)) {
    const known = new Map<Value, number>();
    const values = kernel.stores.map(({ value }) => evaluate(value, index, { read, known }));
    kernel.stores.forEach(({ target, reduce }, i) => {
      const value = values[i] ?? Number.NaN;
      if (reduce === undefined) {
        write(target, value, ...index);
        return;
      }
      const at = place(target, index);
      const before = started[i]?.get(at) ?? (reduce === "sum" ? 0 : Number.NEGATIVE_INFINITY);
      started[i]?.set(at, reduce === "sum" ? before + value : Math.max(before, value));
    });
  }
  kernel.stores.forEach(({ target, value, reduce }, i) => {
    if (reduce === undefined) return;
    const kept = kernel.sizes.map((size, d) => (kernel.reduced[d] === true ? 1 : size));
    const nothing = reduce === "sum" || value.dtype === "bool" ? 0 : value.dtype === "int32" ? -(2 ** 31) : -Infinity;
    for (const index of indices(kept)) write(target, started[i]?.get(place(target, index)) ?? nothing, ...index);
  });
}

interface Evaluation {
  readonly read: Read;
  readonly known: Map<Value, number>;
}

function evaluate(value: Value, index: readonly number[], evaluation: Evaluation): number {
  const known = evaluation.known.get(value);
  if (known !== undefined) return known;
  const result = convert(compute(value, index, evaluation), value.dtype);
  evaluation.known.set(value, result);
  return result;
}

function compute(value: Value, index: readonly number[], evaluation: Evaluation): number {
  switch (value.kind) {
    case "load":
      return evaluation.read(value.view, ...index);
    case "number":
      return value.value;
    case "index":
      return value.strides.reduce((sum, stride, d) => sum + stride * (index[d] ?? 0), value.offset);
    case "apply": {
      const inputs = value.inputs.map((input) => evaluate(input, index, evaluation));
      return SCALARS[value.name](inputs[0] ?? Number.NaN, inputs[1] ?? Number.NaN, inputs[2] ?? Number.NaN);
    }
  }
}

function convert(value: number, dtype: DType): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  if (dtype !== "int32") return value;
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value))) || 0;
}

/** The meaning of every scalar operation, in float64. */
const SCALARS: Readonly<Record<ScalarName, (x: number, y: number, z: number) => number>> = {
  negate: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  expm1: Math.expm1,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  erf,
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  power: (x, y) => x ** y,
  maximum: (x, y) => Math.max(x, y),
  minimum: (x, y) => Math.min(x, y),
  equal: (x, y) => Number(x === y),
  less: (x, y) => Number(x < y),
  lessEqual: (x, y) => Number(x <= y),
  and: (x, y) => Number(x !== 0 && y !== 0),
  or: (x, y) => Number(x !== 0 || y !== 0),
  not: (x) => Number(x === 0),
  select: (x, y, z) => (x !== 0 ? y : z),
  cast: (x) => x,
};

/** The error function: its series, and where that loses digits the continued fraction of the complement. */
export function erf(x: number): number {
  const t = Math.abs(x);
  if (t > 6) return Math.sign(x);
  if (t < 2.5 || Number.isNaN(x)) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return x === 0 ? x : (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 80; n > 0; n--) fraction = n / 2 / (t + fraction);
  return Math.sign(x) * (1 - Math.exp(-t * t) / Math.sqrt(Math.PI) / (t + fraction));
}

function place(view: View, index: readonly number[]): number {
  return view.strides.reduce((sum, stride, d) => sum + stride * (index[d] ?? 0), view.offset);
}

/** All indices of a box, the last dimension fastest. */
function* indices(sizes: readonly number[]): Generator<readonly number[]> {
  const total = sizes.reduce((product, size) => product * size, 1);
  for (let n = 0; n < total; n++) {
    const index: number[] = new Array(sizes.length).fill(0);
    let rest = n;
    for (let d = sizes.length - 1; d >= 0; d--) {
      const size = sizes[d] ?? 1;
      index[d] = rest % size;
      rest = Math.floor(rest / size);
    }
    yield index;
  }
}
