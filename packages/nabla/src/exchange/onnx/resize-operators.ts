/** Images, sequences and volumes at another size: each axis by one table of rows or weights, made while reading. */
import { ndarray } from "../../array/ndarray.ts";
import type { Dim, Shape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { matmul } from "../../graph/contraction.ts";
import { select } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { taken } from "./shape-operators.ts";
import { permuted, reshaped } from "./value.ts";

/** Weights of one axis. */
const MOST_WEIGHTS = 2 ** 22;

/** How one axis changes. */
interface Resizing {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** The part that is cut out, as shares of the length. */
  readonly start: number;
  readonly end: number;
}

/** Where a place of the output lies in the input, by `coordinate_transformation_mode` (onnx.ai, Resize). */
const coordinates: { readonly [mode: string]: ((i: number, axis: Resizing) => number) | undefined } = {
  half_pixel: (i, { scale }) => (i + 0.5) / scale - 0.5,
  half_pixel_symmetric: (i, { from, to, scale }) => (from / 2) * (1 - to / (scale * from)) + (i + 0.5) / scale - 0.5,
  pytorch_half_pixel: (i, { to, scale }) => (to > 1 ? (i + 0.5) / scale - 0.5 : 0),
  // by the length before it is cut to a whole number, as the standard's reference has it
  align_corners: (i, { from, to, scale }) => (to === 1 ? 0 : (i * (from - 1)) / (scale * from - 1)),
  asymmetric: (i, { scale }) => i / scale,
  tf_crop_and_resize: (i, { from, to, start, end }) =>
    to > 1 ? start * (from - 1) + (i * (end - start) * (from - 1)) / (to - 1) : 0.5 * (start + end) * (from - 1),
};

const nearest: { readonly [mode: string]: ((x: number) => number) | undefined } = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** How an interpolation weighs places by their distance, and how far it reaches. */
interface Interpolation {
  readonly reach: number;
  readonly weight: (distance: number) => number;
}

const linear: Interpolation = { reach: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) };

/** Cubic convolution (Keys 1981). */
function cubic(a: number): Interpolation {
  return {
    reach: 2,
    weight: (distance) => {
      const x = Math.abs(distance);
      if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
      return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
    },
  };
}

/** What the attributes say. */
interface Settings {
  readonly at: (i: number, axis: Resizing) => number;
  readonly round: (x: number) => number;
  readonly interpolation: Interpolation | undefined;
  readonly antialias: boolean;
  readonly excludeOutside: boolean;
  /** The number for places outside of the input; undefined where its edge goes on. */
  readonly outside: number | undefined;
}

function settingsOf(node: OnnxNode): Settings {
  const mode = node.text("mode", "nearest");
  const since11 = node.opset >= 11 && node.opType === "Resize";
  const coordinate = since11 ? node.text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
  const rounding = since11 ? node.text("nearest_mode", "round_prefer_floor") : "floor";
  const a = since11 ? node.real("cubic_coeff_a", -0.75) : -0.75;
  const unknown = (what: string, value: string): never =>
    node.refuse(`its ${what} is ${JSON.stringify(value.slice(0, 60))}, which is not supported`);
  if (!["nearest", "linear", "cubic"].includes(mode)) unknown("mode", mode);
  const excludeOutside = since11 && node.integer("exclude_outside", 0) === 1;
  const value = since11 ? node.real("extrapolation_value", 0) : 0;
  return {
    at: coordinates[coordinate] ?? unknown("coordinate_transformation_mode", coordinate),
    round: nearest[rounding] ?? unknown("nearest_mode", rounding),
    interpolation: mode === "nearest" ? undefined : mode === "linear" ? linear : cubic(a),
    antialias: node.opset >= 18 && node.integer("antialias", 0) === 1,
    excludeOutside,
    outside: coordinate === "tf_crop_and_resize" ? value : undefined,
  };
}

/** The axes that change, by their places in ONNX's order. */
function resizings(node: OnnxNode, shape: Shape): ReadonlyMap<number, Resizing> {
  const rank = shape.length;
  const [roiAt, scalesAt, sizesAt] = node.opType === "Resize" && node.opset >= 11 ? [1, 2, 3] : [-1, 1, -1];
  const given = node.opset >= 18 ? node.integers("axes") : undefined;
  const axes = given?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? shape.map((_, i) => i);
  const scales = numbersAt(node, scalesAt);
  const sizes = sizesAt < 0 || !node.has(sizesAt) ? [] : node.lengths(sizesAt);
  const roi = numbersAt(node, roiAt);
  const count = sizes.length > 0 ? sizes.length : scales.length;
  if (count !== axes.length)
    throw new NablaError("onnx/shape", `${count} scales or sizes do not fit ${axes.length} axes`);
  const policy = node.opset >= 18 ? node.text("keep_aspect_ratio_policy", "stretch") : "stretch";
  const kept = sizes.length > 0 && policy !== "stretch" ? keptRatio(node, { axes, sizes, shape, policy }) : undefined;
  const found = new Map<number, Resizing>();
  for (const [i, axis] of axes.entries()) {
    const from = shape[axis];
    const size = sizes[i];
    const crop = roi.length > 0 && (roi[i] !== 0 || roi[i + axes.length] !== 1);
    const all = typeof from === "string" && size === node.translation.fixedBatch;
    if (all || size === from || (size === undefined && scales[i] === 1 && !crop)) continue;
    if (typeof from !== "number" || typeof size === "string")
      throw new NablaError("onnx/dynamic", `the length of axis ${axis} is the batch's and cannot change`);
    const scale = kept ?? (size === undefined ? (scales[i] ?? 1) : size / from);
    const to = kept === undefined ? (size ?? Math.floor(from * scale)) : Math.round(kept * from);
    if (!(scale > 0) || !(to >= 1) || !Number.isFinite(to)) node.refuse(`it makes ${from} places ${to}`);
    const [start, end] = roi.length > 0 ? [roi[i] ?? 0, roi[i + axes.length] ?? 1] : [0, 1];
    found.set(axis, { from, to, scale, start, end });
  }
  return found;
}

function numbersAt(node: OnnxNode, i: number): readonly number[] {
  return i < 0 || !node.has(i) ? [] : Array.from(node.array(i).data);
}

/** One scale for all axes, the largest that fits or the smallest that fills. */
function keptRatio(
  node: OnnxNode,
  {
    axes,
    sizes,
    shape,
    policy,
  }: {
    readonly axes: readonly number[];
    readonly sizes: readonly Dim[];
    readonly shape: Shape;
    readonly policy: string;
  },
): number {
  const ratios = axes.map((axis, i) => Number(sizes[i]) / Number(shape[axis]));
  if (policy === "not_larger") return Math.min(...ratios);
  if (policy === "not_smaller") return Math.max(...ratios);
  return node.refuse(`its keep_aspect_ratio_policy is ${JSON.stringify(policy.slice(0, 60))}`);
}

function resized(node: OnnxNode): Given {
  const { last } = node.value(0);
  const shape = node.shape(0);
  const settings = settingsOf(node);
  let x = last ?? node.tensor(0);
  for (const [axis, resizing] of resizings(node, shape)) {
    if (resizing.from * resizing.to > MOST_WEIGHTS)
      throw new NablaError("onnx/size", `it makes ${resizing.from} places ${resizing.to}, too many to weigh each`);
    const own = last === undefined || axis === 0 ? axis : axis === 1 ? shape.length - 1 : axis - 1;
    x = resizedAlong(x, own, { resizing, settings });
  }
  return last === undefined ? { tensor: x } : { last: x };
}

function resizedAlong(
  x: Tensor,
  axis: number,
  { resizing, settings }: { readonly resizing: Resizing; readonly settings: Settings },
): Tensor {
  const { from, to } = resizing;
  const at = Array.from({ length: to }, (_, i) => settings.at(i, resizing));
  const made =
    settings.interpolation === undefined
      ? taken(x, axis, { shape: [to], data: at.map((place) => Math.min(Math.max(settings.round(place), 0), from - 1)) })
      : weighted(x, axis, weightsOf(at, { resizing, settings, interpolation: settings.interpolation }));
  if (settings.outside === undefined) return made;
  const beyond = at.map((place) => Number(place < 0 || place > from - 1));
  if (!beyond.includes(1)) return made;
  const mask = ndarray(
    Uint8Array.from(beyond),
    made.shape.map((_, i) => (i === axis ? to : 1)),
    "bool",
  );
  return select(constant(mask), settings.outside, made);
}

/** For each place of the output the weight of each place of the input: [to, from]. */
function weightsOf(
  at: readonly number[],
  {
    resizing: { from, scale },
    settings: { antialias, excludeOutside },
    interpolation: { reach, weight },
  }: { readonly resizing: Resizing; readonly settings: Settings; readonly interpolation: Interpolation },
): readonly Float64Array[] {
  // an image that gets smaller is smoothed by a wider window
  const narrow = antialias ? Math.min(1, scale) : 1;
  const width = Math.ceil(reach / narrow);
  return at.map((place) => {
    const row = new Float64Array(from);
    let total = 0;
    for (let k = Math.floor(place) - width; k <= Math.floor(place) + width + 1; k++) {
      const share = weight((k - place) * narrow);
      const inside = k >= 0 && k < from;
      if (excludeOutside && !inside) continue;
      const to = Math.min(Math.max(k, 0), from - 1);
      row[to] = (row[to] ?? 0) + share;
      total += share;
    }
    return row.map((share) => share / total);
  });
}

function weighted(x: Tensor, axis: number, rows: readonly Float64Array[]): Tensor {
  const from = rows[0]?.length ?? 0;
  const table = new Float32Array(from * rows.length);
  for (const [j, row] of rows.entries()) for (const [k, share] of row.entries()) table[k * rows.length + j] = share;
  const order = [...x.shape.map((_, i) => i).filter((i) => i !== axis), axis];
  const moved = permuted(x, order);
  const product = matmul(reshaped(moved, [-1, from]), constant(ndarray(table, [from, rows.length])));
  const back = x.shape.map((_, i) => order.indexOf(i));
  return permuted(reshaped(product, moved.shape.with(-1, rows.length)), back);
}

/** Changes of size by name. */
export const resizeOperators: { readonly [opType: string]: Operator } = { Resize: resized, Upsample: resized };
