/** Convolutions and pooling: channels second in ONNX, channels last here. */
import { ndarray } from "../../array/ndarray.ts";
import { type Size, sizeOf } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import { NablaError } from "../../base/error.ts";
import { abs, add, divide, multiply, power } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { cast, pad, slice, sum } from "../../graph/movement.ts";
import { max, mean } from "../../graph/reduce.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { patches, positionsOf, type Window } from "../../graph/window.ts";
import { conv1d, conv2d, convolve } from "../../nn/convolution.ts";
import { type Padding, type PerAxis, paddingFor } from "../../nn/padding.ts";
import { averagePool, maxPool } from "../../nn/pooling.ts";
import { layerNode } from "../layer-node.ts";
import { permutedArray } from "./arrays.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { LEAST } from "./pad-operators.ts";
import { permuted } from "./value.ts";

/** Positions of a pooling window along one axis: far above any image's. */
const MOST_POSITIONS = 16_384;
/** Positions in all, where what a mean is divided by differs from one to the next. */
const MOST_SHARES = 2 ** 20;

type Around = readonly (readonly [before: number, after: number])[];

/** [filters, channels, ...size] to [...size, channels, filters]. */
function weightOrder(rank: number): readonly number[] {
  return [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];
}

/**
 * The window of a convolution or pooling; `size` is that of its kernel. Throws `onnx/…` for lengths that do not fit.
 */
export function windowFrom(node: OnnxNode, size: Size): Window {
  const ones = size.map(() => 1);
  const window = { size, stride: node.integers("strides") ?? ones, dilation: node.integers("dilations") ?? ones };
  for (const numbers of Object.values(window))
    if (numbers.length !== size.length || numbers.some((n) => !Number.isInteger(n) || n < 1 || n > 1e6))
      node.refuse(`its window has the numbers ${numbers.slice(0, 8).join(", ")} for ${size.length} axes`);
  return window;
}

/** The padding, from the attributes; `auto_pad` is resolved here, since lengths are known. */
function padsOf(node: OnnxNode, lengths: Size, window: Window): Around {
  const auto = node.text("auto_pad", "NOTSET");
  const pads = node.integers("pads") ?? lengths.flatMap(() => [0, 0]);
  if (auto !== "NOTSET" && pads.some((n) => n !== 0))
    node.refuse(`it has both auto_pad ${JSON.stringify(auto.slice(0, 60))} and pads`);
  if (auto === "VALID") return lengths.map(() => [0, 0]);
  if (auto === "SAME_UPPER" || auto === "SAME_LOWER")
    return paddingFor(lengths, window, "same").map(([less, more]) =>
      auto === "SAME_LOWER" ? [more, less] : [less, more],
    );
  if (auto !== "NOTSET") node.refuse(`auto_pad is ${JSON.stringify(auto)}`);
  if (pads.length !== 2 * lengths.length || pads.some((n) => n < 0 || n > 1e6))
    node.refuse(`its pads are ${pads.slice(0, 8).join(", ")}`);
  return lengths.map((_, i) => [pads[i] ?? 0, pads[i + lengths.length] ?? 0]);
}

/** The word for some padding, where there is one; else the padding is done before. */
function wordFor(around: Around, lengths: Size, window: Window): Padding | undefined {
  return (["valid", "same"] as const).find((word) => String(paddingFor(lengths, window, word)) === String(around));
}

function surrounded(x: Tensor, around: Around, value: number): Tensor {
  return around.reduce(
    (sofar, [before, after], i) => (before + after === 0 ? sofar : pad(sofar, { axis: i + 1, before, after, value })),
    x,
  );
}

function positions(lengths: Size, around: Around, { size, stride, dilation }: Window): Size {
  const found = lengths.map((length, i) => {
    const [before, after] = around[i] ?? [0, 0];
    return positionsOf(length + before + after, size[i] ?? 1, stride[i] ?? 1, dilation[i] ?? 1);
  });
  if (found.every((count) => count > 0)) return found;
  throw new NablaError("onnx/shape", `a window of ${size.join("x")} does not fit into ${lengths.join("x")}`);
}

/** One number where all axes have the same, and nothing where it is the default. */
function short(numbers: readonly number[], usual?: number): PerAxis | undefined {
  const [first] = numbers;
  const alike = first !== undefined && numbers.every((n) => n === first);
  if (!alike) return numbers;
  return first === usual ? undefined : first;
}

function settings(options: { readonly [name: string]: PerAxis | Padding | undefined }): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The lengths of the spatial axes of [batch, …, channels]. */
export function lengthsOf(x: Tensor): Size {
  return sizeOf(x.shape.slice(1, -1));
}

/** Throws `onnx/shape`: the size of the window is that of the weights, and the file may say it again. */
export function checkKernel(node: OnnxNode, size: Size): void {
  const said = node.integers("kernel_shape");
  if (said !== undefined && String(said) !== String(size))
    throw new NablaError(
      "onnx/shape",
      `its kernel_shape is ${said.slice(0, 8).join("x")}, and its weights have windows of ${size.join("x")}`,
    );
}

function convolution(node: OnnxNode): Given {
  const x = node.last(0);
  const lengths = lengthsOf(x);
  const axes = lengths.length;
  const weightShape = sizeOf(node.shape(1));
  if (weightShape.length !== axes + 2)
    throw new NablaError("onnx/shape", `weights of ${weightShape.length} axes do not fit inputs of ${axes + 2}`);
  const [filters = 1, each = 1, ...size] = weightShape;
  checkKernel(node, size);
  const window = windowFrom(node, size);
  const groups = node.integer("group", 1);
  if (groups < 1 || filters % groups !== 0 || each * groups !== x.shape.at(-1))
    throw new NablaError(
      "onnx/shape",
      `weights [${weightShape.join(", ")}] in ${groups} groups do not fit ${x.shape.at(-1)} channels`,
    );
  const around = padsOf(node, lengths, window);
  const out = [x.shape[0] ?? 1, ...positions(lengths, around, window), filters];
  const weights = node.ownArray(1);
  const bias = node.has(2) ? node.ownArray(2) : undefined;
  const order = weightOrder(axes + 2);
  if (weights === undefined || (node.has(2) && bias === undefined) || axes > 2) {
    const product = convolve(surrounded(x, around, 0), permuted(node.tensor(1), order), { window, groups });
    return { last: node.has(2) ? add(product, node.tensor(2)) : product };
  }
  if (bias !== undefined && String(bias.shape) !== String([filters]))
    throw new NablaError("onnx/shape", `a bias of shape [${bias.shape.join(", ")}] does not fit ${filters} filters`);
  const word = wordFor(around, lengths, window);
  const options = settings({
    size: short(size, 3),
    stride: short(window.stride, 1),
    dilation: short(window.dilation, 1),
    padding: word === "same" ? undefined : "valid",
    groups: groups === 1 ? undefined : groups,
  });
  const layer = (axes === 1 ? conv1d : conv2d)(filters, { ...options, bias: bias !== undefined });
  const kept = compact({ weights: permutedArray(weights, order), bias });
  return { last: layerNode(layer, word === undefined ? surrounded(x, around, 0) : x, kept, out) };
}

/** With `ceil_mode` the last window may reach over the end, as long as it starts before it. */
function reaching(node: OnnxNode, lengths: Size, around: Around, { size, stride, dilation }: Window): Around {
  if (node.integer("ceil_mode", 0) === 0) return around;
  return lengths.map((length, i) => {
    const [before, after] = around[i] ?? [0, 0];
    const [points, move] = [((size[i] ?? 1) - 1) * (dilation[i] ?? 1) + 1, stride[i] ?? 1];
    const room = length + before + after - points;
    const count = Math.ceil(room / move) + 1;
    const steps = (count - 1) * move >= length + before ? count - 1 : count;
    return [before, after + Math.max(0, (steps - 1) * move - room)];
  });
}

function pooling(node: OnnxNode, kind: "max" | "average"): Given {
  if (node.outputs > 1) node.refuse("its output of positions is not supported");
  const whole = node.last(0);
  const x = whole.dtype === "int32" ? cast(whole, { dtype: "float32" }) : whole;
  const lengths = lengthsOf(x);
  const window = windowFrom(node, node.integers("kernel_shape") ?? []);
  if (window.size.length !== lengths.length)
    node.refuse(`its window has ${window.size.length} axes, the input ${lengths.length}`);
  const given = padsOf(node, lengths, window);
  const around = reaching(node, lengths, given, window);
  const out = [x.shape[0] ?? 1, ...positions(lengths, around, window), x.shape.at(-1) ?? 1];
  const counted =
    kind === "average"
      ? countsOf({ lengths, around, window }, node.integer("count_include_pad", 0) === 1 ? given : [])
      : [];
  const even = counted.every((share) => share === 1);
  const word = even
    ? wordFor(around, lengths, window)
    : wordFor(around, lengths, window) === "valid"
      ? "valid"
      : undefined;
  const options = settings({
    size: short(window.size, 2),
    stride: String(window.stride) === String(window.size) ? undefined : (short(window.stride) ?? 1),
    padding: word === "same" ? "same" : undefined,
  });
  const layer = kind === "max" ? maxPool(options) : averagePool(options);
  const apart = window.dilation.some((step) => step !== 1);
  const from = word === undefined || apart ? surrounded(x, around, kind === "max" ? LEAST : 0) : x;
  const pooled = apart ? overWindows(from, window, kind === "max" ? max : mean) : layerNode(layer, from, {}, out);
  if (even) return { last: whole === x ? pooled : cast(pooled, { dtype: "int32" }) };
  const shares = ndarray(Float32Array.from(counted), [...out.slice(1, -1).map(Number), 1]);
  return { last: multiply(pooled, constant(shares)) };
}

/**
 * For each position: all points of its window divided by those that count. `given` is the padding that counts; without
 * it only points of the input do.
 */
function countsOf(
  { lengths, around, window }: { readonly lengths: Size; readonly around: Around; readonly window: Window },
  given: Around,
): readonly number[] {
  const perAxis = lengths.map((length, i) => {
    const [before, after] = around[i] ?? [0, 0];
    const [points, move] = [window.size[i] ?? 1, window.stride[i] ?? 1];
    const [countedBefore, countedAfter] = given[i] ?? [0, 0];
    const apart = window.dilation[i] ?? 1;
    const count = positionsOf(length + before + after, points, move, apart);
    if (count > MOST_POSITIONS) throw new NablaError("onnx/size", `a window has ${count} positions along one axis`);
    return Array.from({ length: count }, (_, at) => {
      const [from, to] = [before - countedBefore, before + length + countedAfter];
      // points of the window from the first that counts to the last
      const first = Math.max(0, Math.ceil((from - at * move) / apart));
      const last = Math.min(points - 1, Math.ceil((to - at * move) / apart) - 1);
      return points / Math.max(1, last - first + 1);
    });
  });
  if (perAxis.flat().every((share) => share === 1)) return [1];
  const places = perAxis.reduce((all, { length }) => all * length, 1);
  if (places > MOST_SHARES)
    throw new NablaError("onnx/size", `a window has ${places} positions, of which each counts another share`);
  return perAxis.reduce<readonly number[]>((all, one) => all.flatMap((a) => one.map((b) => a * b)), [1]);
}

/** What a reduction makes of each window. */
function overWindows(
  x: Tensor,
  window: Window,
  reduce: (x: Tensor, along: { readonly axes: readonly number[] }) => Tensor,
): Tensor {
  const axes = window.size.length;
  return reduce(patches(x, window), { axes: window.size.map((_, i) => 1 + axes + i) });
}

/** The root of the sum of powers of each window. */
function powerPooling(node: OnnxNode): Given {
  const x = node.last(0);
  const lengths = lengthsOf(x);
  const window = windowFrom(node, node.integers("kernel_shape") ?? []);
  const around = reaching(node, lengths, padsOf(node, lengths, window), window);
  positions(lengths, around, window);
  const p = node.integer("p", 2);
  const powers = power(abs(surrounded(x, around, 0)), p);
  return { last: power(overWindows(powers, window, sum), 1 / p) };
}

/** Each channel over the squares of its neighbors (Krizhevsky et al. 2012). */
function responseNormalized(node: OnnxNode): Given {
  const x = node.last(0);
  const axis = x.shape.length - 1;
  const channels = Number(x.shape[axis]);
  const size = node.integer("size", 1);
  const [alpha, beta, bias] = [node.real("alpha", 1e-4), node.real("beta", 0.75), node.real("bias", 1)];
  if (size < 1 || size > 1024) node.refuse(`its size is ${size}`);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const squares = pad(multiply(x, x), { axis, before, after, value: 0 });
  const parts = Array.from({ length: size }, (_, i) => slice(squares, { axis, from: i, to: i + channels }));
  const total = parts.reduce((sofar, part) => add(sofar, part));
  const made = divide(x, power(add(multiply(total, alpha / size), bias), beta));
  return x.shape.length > 2 ? { last: made } : { tensor: made };
}

/** Operators with windows by name. */
export const windowOperators: { readonly [opType: string]: Operator } = {
  Conv: convolution,
  MaxPool: (node) => pooling(node, "max"),
  AveragePool: (node) => pooling(node, "average"),
  LpPool: powerPooling,
  LRN: responseNormalized,
};
