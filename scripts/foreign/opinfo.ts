/** Samples of PyTorch's OpInfo on the ops that nabla has: values and first gradients, on both engines. */
import { type NdArray, ndarray } from "../../packages/nabla/src/array/ndarray.ts";
import { NablaError } from "../../packages/nabla/src/base/error.ts";
import { compile } from "../../packages/nabla/src/engine/program.ts";
import { reference } from "../../packages/nabla/src/engine/reference/reference.ts";
import { grad } from "../../packages/nabla/src/graph/grad.ts";
import { input } from "../../packages/nabla/src/graph/leaf.ts";
import * as ops from "../../packages/nabla/src/graph/ops.ts";
import type { Tensor } from "../../packages/nabla/src/graph/tensor.ts";
import { exponentialLinear, leaky, softmaxOf } from "../../packages/nabla/src/nn/functions.ts";
import type { Outcome } from "./outcome.ts";

interface Packed {
  readonly shape: readonly number[];
  readonly bool: boolean;
  readonly data: string;
}

type Plain = Packed | number | boolean | string | null | readonly Plain[];

/** One sample as `opinfo.py` prints it. */
export interface OpSample {
  readonly name: string;
  readonly op: string;
  readonly skip?: string;
  readonly inputs: readonly Plain[];
  readonly options: Readonly<Record<string, Plain>>;
  readonly value: Packed;
  readonly gradient?: Packed;
}

/** What an op is given: tensors in place of arrays, and what else PyTorch was given. */
interface Given {
  readonly x: Tensor;
  readonly more: readonly (Tensor | undefined)[];
  readonly plain: readonly Plain[];
  readonly options: Readonly<Record<string, Plain>>;
}

type Make = (given: Given) => Tensor;

const one =
  (f: (x: Tensor) => Tensor): Make =>
  ({ x }) =>
    f(x);
const two =
  (f: (x: Tensor, y: Tensor) => Tensor): Make =>
  ({ x, more: [y] }) =>
    f(x, y as Tensor);

/** Axes and whether they stay, as PyTorch's reductions are given them. */
function along({ x, options }: Given): { readonly axes: readonly number[]; readonly keep: boolean } {
  const { dim, keepdim } = options;
  const given = dim === undefined || dim === null ? x.shape.map((_, i) => i) : [dim].flat().map(Number);
  const all = given.length === 0 ? x.shape.map((_, i) => i) : given;
  return { axes: all.map((axis) => (axis < 0 ? axis + x.shape.length : axis)), keep: keepdim === true };
}

function scaled(given: Given): Tensor {
  const [y] = given.more;
  return typeof given.options.alpha === "number" ? ops.multiply(y as Tensor, given.options.alpha) : (y as Tensor);
}

const square = (x: Tensor): Tensor => ops.multiply(x, x);

/** The ops that both have, by PyTorch's names. */
const made: Readonly<Record<string, Make>> = {
  abs: one((x) => ops.abs(x)),
  neg: one((x) => ops.negate(x)),
  sign: one((x) => ops.sign(x)),
  floor: one((x) => ops.floor(x)),
  sqrt: one((x) => ops.sqrt(x)),
  rsqrt: one((x) => ops.divide(1, ops.sqrt(x))),
  reciprocal: one((x) => ops.divide(1, x)),
  square: one(square),
  exp: one((x) => ops.exp(x)),
  log: one((x) => ops.log(x)),
  expm1: one((x) => ops.expm1(x)),
  log1p: one((x) => ops.log1p(x)),
  sin: one((x) => ops.sin(x)),
  cos: one((x) => ops.cos(x)),
  tanh: one((x) => ops.tanh(x)),
  sigmoid: one((x) => ops.sigmoid(x)),
  erf: one((x) => ops.erf(x)),
  add: (given) => ops.add(given.x, scaled(given)),
  sub: (given) => ops.subtract(given.x, scaled(given)),
  mul: two((x, y) => ops.multiply(x, y)),
  true_divide: two((x, y) => ops.divide(x, y)),
  pow: two((x, y) => ops.power(x, y)),
  maximum: two((x, y) => ops.maximum(x, y)),
  minimum: two((x, y) => ops.minimum(x, y)),
  eq: two((x, y) => ops.equal(x, y)),
  lt: two((x, y) => ops.less(x, y)),
  le: two((x, y) => ops.lessEqual(x, y)),
  gt: two((x, y) => ops.less(y, x)),
  ge: two((x, y) => ops.lessEqual(y, x)),
  where: ({ x, more: [condition, y] }) => ops.select(condition as Tensor, x, y as Tensor),
  clamp: ({ x, more: [low, high] }) => {
    const above = low === undefined ? x : ops.maximum(x, low);
    return high === undefined ? above : ops.minimum(above, high);
  },
  sum: (given) => ops.sum(given.x, along(given)),
  mean: (given) => ops.mean(given.x, along(given)),
  amax: (given) => ops.max(given.x, along(given)),
  matmul: two((x, y) => ops.matmul(x, y)),
  mm: two((x, y) => ops.matmul(x, y)),
  bmm: two((x, y) => ops.matmul(x, y)),
  softmax: ({ x, plain: [axis] }) => softmaxOf(x, { axis: Number(axis) }),
  log_softmax: ({ x, plain: [axis] }) => ops.log(softmaxOf(x, { axis: Number(axis) })),
  "nn.functional.relu": one((x) => ops.maximum(x, 0)),
  "nn.functional.elu": one((x) => exponentialLinear(x, 1)),
  "nn.functional.leaky_relu": one((x) => leaky(x, 0.01)),
  "nn.functional.silu": one((x) => ops.multiply(x, ops.sigmoid(x))),
  "nn.functional.logsigmoid": one((x) => ops.negate(ops.softplus(ops.negate(x)))),
};

const PRODUCTS = new Set(["matmul", "mm", "bmm"]);

/** Runs one sample; undefined for what nabla has no op of its own for. */
export async function runOpSample(sample: OpSample): Promise<Outcome | undefined> {
  const make = made[sample.op];
  if (make === undefined) return undefined;
  if (sample.skip !== undefined) return { result: "refused", reason: sample.skip };
  try {
    const inputs: Tensor[] = [];
    const feeds: Record<string, NdArray> = {};
    const given = sample.inputs.map((value, i): Tensor | undefined => {
      if (typeof value !== "object" || value === null || !("data" in value)) return undefined;
      const array = unpacked(value);
      const tensor = input(`input${i}`, value.shape, array.dtype);
      inputs.push(tensor);
      feeds[`input${i}`] = array;
      return tensor;
    });
    const [x, ...more] = given;
    const y = make({ x: x as Tensor, more, plain: sample.inputs.slice(1), options: sample.options });
    const slopes = sample.gradient === undefined ? [] : grad(ops.sum(y), [x as Tensor]);
    const outputs = { y, ...Object.fromEntries(slopes.map((slope) => ["slope", slope])) };
    const ofProducts = PRODUCTS.has(sample.op);
    for (const engine of [undefined, reference]) {
      const program = await compile({ inputs, outputs }, engine === undefined ? {} : { engine });
      const found = await program.run(feeds);
      if (!agrees(found.y, unpacked(sample.value), ofProducts)) return { result: "wrong", reason: "its value differs" };
      if (sample.gradient !== undefined && !agrees(found.slope, unpacked(sample.gradient), ofProducts))
        return { result: "wrong", reason: "its gradient differs" };
    }
    return { result: "passed" };
  } catch (error) {
    if (!(error instanceof NablaError)) return { result: "wrong", reason: String(error).slice(0, 200) };
    return { result: "refused", reason: `${error.code}: ${error.message}` };
  }
}

function unpacked({ shape, bool, data }: Packed): NdArray {
  const numbers = new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer);
  return bool ? ndarray(Uint8Array.from(numbers), shape, "bool") : ndarray(numbers, shape);
}

/** PyTorch's own tolerance for float32; of sums of products relative to the largest, since their terms cancel. */
function agrees(found: NdArray | undefined, expected: NdArray, ofProducts: boolean): boolean {
  if (found === undefined || String(found.shape) !== String(expected.shape)) return false;
  const largest = Math.max(0, ...Array.from(expected.data, Math.abs));
  return expected.data.every((want: number, i: number) => {
    const have = found.data[i] ?? Number.NaN;
    const size = ofProducts && Number.isFinite(largest) ? largest : Math.abs(want);
    return Object.is(have, want) || have === want || Math.abs(have - want) <= 1e-5 + 1.3e-6 * size;
  });
}
