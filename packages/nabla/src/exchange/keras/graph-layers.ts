/** Parts of a graph that are one layer of Keras: activations, slopes that are learned, products, transposed convolutions. */

import type { NdArray } from "../../array/ndarray.ts";
import { elementsOf, type Shape, sameShape } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import type { Json } from "../../base/json.ts";
import { input, isConstant, valueOfConstant } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { GraphStep } from "../../nn/graph-layer.ts";
import { activationGraphs } from "./activation-readers.ts";
import type { Dialect, Made } from "./node.ts";

/** A graph as its writer sees it. */
export interface GraphView {
  readonly dialect: Dialect;
  readonly stepAt: (at: number) => GraphStep | undefined;
  /** What each step gives, in shapes; 0 is the input. */
  readonly tensors: readonly Tensor[];
  /** The numbers of a step that is a parameter. */
  readonly parameterAt: (at: number) => NdArray | undefined;
}

/** A layer, or several in a row, and the step whose output it takes. */
export interface Found {
  readonly made: readonly Made[];
  readonly from: number;
}

type OpStep = Extract<GraphStep, { readonly op: string }>;

function opAt({ stepAt }: GraphView, at: number | undefined, op: string): OpStep | undefined {
  const step = at === undefined ? undefined : stepAt(at);
  return step !== undefined && "op" in step && step.op === op ? step : undefined;
}

/** What is repeated by a step, or the step itself. */
function unrepeated(view: GraphView, at: number): number {
  const of = opAt(view, at, "broadcast")?.of[0];
  return of === undefined ? at : unrepeated(view, of);
}

/** The layer that gives a step's output; undefined where it is none of these. */
export function layerAt(view: GraphView, at: number): Found | undefined {
  return (
    activationAt(view, at) ?? slopedAt(view, at) ?? productAt(view, at) ?? transposedAt(view, at) ?? shiftedAt(view, at)
  );
}

/** Activations of TensorFlow.js, which has Keras 2's: by its name there. */
const inTfjs: ReadonlySet<string> = new Set("silu selu softplus softsign relu6 hard_sigmoid mish".split(" "));
const tfjsNames: Readonly<Record<string, string>> = { silu: "swish", hard_sigmoid: "hardSigmoid" };

function activationAt(view: GraphView, at: number): Found | undefined {
  const shape = view.tensors[at]?.shape ?? [];
  if (view.tensors[at]?.dtype !== "float32") return undefined;
  for (const [name, build] of Object.entries(activationGraphs)) {
    if (view.dialect === "tfjs" && !inTfjs.has(name)) continue;
    const x = input("x", shape);
    const from = matched(view, at, { template: build(x, view.dialect === "keras"), x });
    if (from === undefined || !sameShape(view.tensors[from]?.shape ?? [], shape)) continue;
    const activation = view.dialect === "tfjs" ? (tfjsNames[name] ?? name) : name;
    return { made: [{ className: "Activation", config: { activation } }], from };
  }
  return undefined;
}

/** The step that stands for x where the steps before `at` compute what the template computes of x. */
function matched(
  view: GraphView,
  at: number,
  { template, x }: { readonly template: Tensor; readonly x: Tensor },
): number | undefined {
  let from: number | undefined;
  const same = (node: Tensor, place: number): boolean => {
    if (node === x) {
      from ??= place;
      return from === place;
    }
    const step = view.stepAt(place);
    if (step === undefined) return false;
    if (isConstant(node)) {
      const { data, shape } = valueOfConstant(node);
      return (
        "constant" in step &&
        sameShape(shape, step.shape) &&
        step.constant.every((number, i) => Math.fround(Number(number)) === Math.fround(data[i] ?? Number.NaN))
      );
    }
    if (!("op" in step) || step.op !== node.op.opName || step.of.length !== node.inputs.length) return false;
    const attributes = compact(node.attributes as { readonly [name: string]: Json | undefined });
    if (JSON.stringify(attributes) !== JSON.stringify(step.attributes)) return false;
    return node.inputs.every((inner, i) => same(inner, step.of[i] ?? 0));
  };
  return same(template, at) ? from : undefined;
}

/** x above 0, and below it times a learned slope, one for each place. */
function slopedAt(view: GraphView, at: number): Found | undefined {
  const chosen = opAt(view, at, "select");
  const [condition, from = 0, below] = chosen?.of ?? [];
  const [zero = 0, compared] = opAt(view, condition, "less")?.of ?? [];
  const [times, slope = 0] = opAt(view, below, "multiply")?.of ?? [];
  const nothing = view.stepAt(unrepeated(view, zero));
  const isZero = nothing !== undefined && "constant" in nothing && nothing.constant.every((one) => one === 0);
  const alpha = view.parameterAt(unrepeated(view, slope));
  const [, ...example] = view.tensors[from]?.shape ?? [];
  if (chosen === undefined || !isZero || compared !== from || times !== from || alpha === undefined) return undefined;
  if (alpha.shape.length > example.length) return undefined;
  const shape = [...new Array<number>(example.length - alpha.shape.length).fill(1), ...alpha.shape];
  const shared = shape.flatMap((length, i) => (length === 1 && example[i] !== 1 ? [i + 1] : []));
  const config = { shared_axes: shared.length === 0 ? null : shared };
  return { made: [{ className: "PReLU", config, arrays: [["alpha", { ...alpha, shape }]] }], from };
}

/** Rows times a matrix that is learned, and a bias. */
function productAt(view: GraphView, at: number): Found | undefined {
  const [left, right = 0] = opAt(view, at, "add")?.of ?? [];
  const bias = left === undefined ? undefined : view.parameterAt(unrepeated(view, right));
  const product = opAt(view, bias === undefined ? at : left, "matmul");
  const [from = 0, by = 0] = product?.of ?? [];
  const kernel = product === undefined ? undefined : view.parameterAt(by);
  const rows = view.tensors[from]?.shape ?? [];
  if (kernel?.shape.length !== 2 || rows.length !== 2 || rows[0] !== view.tensors[0]?.shape[0]) return undefined;
  const units = kernel.shape[1] ?? 1;
  if (bias !== undefined && !sameShape(bias.shape, [units])) return undefined;
  const arrays = [["kernel", kernel] as const, ...(bias === undefined ? [] : [["bias", bias] as const])];
  const config = { units, use_bias: bias !== undefined, activation: "linear" };
  return { made: [{ className: "Dense", config, arrays }], from };
}

/** Each place spreads its window, and what overlaps is summed: `unpatches` of rows times a matrix. */
function transposedAt(view: GraphView, at: number): Found | undefined {
  const summed = opAt(view, at, "unpatches");
  const spread = opAt(view, summed?.of[0], "reshape");
  const product = opAt(view, spread?.of[0], "matmul");
  const rows = opAt(view, product?.of[0], "reshape");
  const kernel = product === undefined ? undefined : view.parameterAt(product.of[1] ?? 0);
  const [from] = rows?.of ?? [];
  if (summed === undefined || spread === undefined || from === undefined || kernel === undefined) return undefined;
  const [size, stride, dilation] = ["size", "stride", "dilation"].map((name) => summed.attributes[name] as number[]);
  const [batch, ...places] = view.tensors[from]?.shape.slice(0, -1) ?? [];
  const [channels = 1, width = 1] = kernel.shape;
  const filters = width / elementsOf(size ?? []);
  const axes = places.length;
  const laid: Shape = [batch ?? "batch", ...places, ...(size ?? []), filters];
  const fits =
    (axes === 2 || (axes === 1 && view.dialect === "keras")) &&
    batch === view.tensors[0]?.shape[0] &&
    view.tensors[from]?.shape.at(-1) === channels &&
    sameShape(view.tensors[spread === undefined ? 0 : (summed.of[0] ?? 0)]?.shape ?? [], laid);
  const dilated = dilation?.some((apart) => apart > 1) === true;
  // windows that leave gaps: there zeros come after the last one too
  const beyond = (size ?? []).map((length, i) => Math.max(0, (stride?.[i] ?? 1) - length));
  if (!fits || (dilated && (view.dialect === "tfjs" || stride?.some((move) => move > 1) === true))) return undefined;
  const config = {
    filters,
    kernel_size: size ?? [],
    strides: stride ?? [],
    ...(dilated ? { dilation_rate: dilation ?? [] } : {}),
    padding: "valid",
    data_format: "channels_last",
    activation: "linear",
    use_bias: false,
  };
  const turned = {
    ...kernel,
    shape: [...(size ?? []), filters, channels],
    data: transposedData(kernel, [channels, width]),
  };
  const made: Made = { className: `Conv${axes}DTranspose`, config, arrays: [["kernel", turned]] };
  const cut = axes === 1 ? [0, ...beyond] : beyond.map((after) => [0, after]);
  const cropped: Made = { className: `Cropping${axes}D`, config: { cropping: cut } };
  return { made: beyond.some((after) => after > 0) ? [made, cropped] : [made], from };
}

/** A transposed convolution with a bias. */
function shiftedAt(view: GraphView, at: number): Found | undefined {
  const [left, right = 0] = opAt(view, at, "add")?.of ?? [];
  const bias = left === undefined ? undefined : view.parameterAt(unrepeated(view, right));
  const found = bias === undefined ? undefined : transposedAt(view, left ?? 0);
  const [made, ...cropped] = found?.made ?? [];
  if (bias === undefined || found === undefined || made === undefined || cropped.length > 0) return undefined;
  if (!sameShape(bias.shape, [Number(made.config.filters)])) return undefined;
  const arrays = [...(made.arrays ?? []), ["bias", bias] as const];
  return { made: [{ ...made, config: { ...made.config, use_bias: true }, arrays }], from: found.from };
}

function transposedData({ data }: NdArray, [rows, columns]: readonly [number, number]): Float32Array {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) turned[k * rows + i] = data[i * columns + k] ?? 0;
  return turned;
}
