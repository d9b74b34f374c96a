/** Layers of Keras that move numbers, pool them, or join several tensors. */
import { elementsOf, sameShape, showShape } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { add, divide, equal, maximum, minimum, multiply, sqrt, subtract } from "../../graph/elementwise.ts";
import { constant } from "../../graph/leaf.ts";
import { broadcast, cast, concat, pad, slice, sum, transpose } from "../../graph/movement.ts";
import { max } from "../../graph/reduce.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { flatten } from "../../nn/flatten.ts";
import { paddingFor } from "../../nn/padding.ts";
import { averagePool, globalAveragePool, maxPool } from "../../nn/pooling.ts";
import { quoted } from "../quoted.ts";
import {
  axesIn,
  exampleOf,
  flag,
  inputOf,
  type LayerReading,
  laidOut,
  lengths,
  numbersIn,
  type Reader,
  unsupported,
  withRank,
} from "./reading.ts";
import { numberFrom, size } from "./record.ts";

const readFlatten: Reader = (layer) => layer.apply(flatten(), inputOf(layer));

/** Lengths of which one may be -1, what is left. */
const readReshape: Reader = (layer) => {
  const x = inputOf(layer);
  const target = numbersIn(layer.config.target_shape, "target_shape");
  const count = elementsOf(exampleOf(x));
  const rest = elementsOf(target.filter((length) => length !== -1));
  const example = target.map((length) => (length === -1 ? count / rest : length));
  const fits = elementsOf(example) === count && example.every((length) => Number.isInteger(length) && length > 0);
  if (fits && target.filter((length) => length === -1).length < 2) return laidOut(x, example);
  throw new NablaError("keras/shape", `${showShape(exampleOf(x))} cannot be laid out as ${showShape(target)}`);
};

const readPermute: Reader = (layer) => {
  const x = inputOf(layer);
  const dims = numbersIn(layer.config.dims, "dims");
  const order = [0, ...dims];
  if (
    sameShape(
      order.toSorted((a, b) => a - b),
      x.shape.map((_, i) => i),
    )
  )
    return transpose(x, { order });
  throw new NablaError("keras/config", `dims is ${dims.join(", ")} for ${x.shape.length - 1} axes`);
};

const readRepeat: Reader = (layer) => {
  const x = withRank(inputOf(layer), 2);
  const features = Number(x.shape[1]);
  const times = size(layer.config.n, "n");
  return broadcast(laidOut(x, [1, features]), { shape: [known(x.shape[0], "the batch"), times, features] });
};

/** What lies before and after each axis: a number, one for each axis, or a pair for each; of one axis a pair alone. */
function sides(value: unknown, axes: number, what: string): readonly (readonly [number, number])[] {
  const whole = (item: unknown): number => {
    const found = numberFrom(item, what);
    if (Number.isInteger(found) && found >= 0 && found <= 2 ** 31) return found;
    throw new NablaError("keras/config", `${what} is ${found}, not a whole number from 0 up`);
  };
  if (!Array.isArray(value)) return new Array<readonly [number, number]>(axes).fill([whole(value), whole(value)]);
  const given = axes === 1 && value.length === 2 && !Array.isArray(value[0]) ? [value] : value;
  if (given.length === axes)
    return given.map((item: unknown): readonly [number, number] => {
      if (!Array.isArray(item)) return [whole(item), whole(item)];
      if (item.length !== 2) throw new NablaError("keras/config", `${what} has ${item.length} numbers for an axis`);
      return [whole(item[0]), whole(item[1])];
    });
  throw new NablaError("keras/config", `${what} has ${given.length} numbers for ${axes} axes`);
}

type Axes = 1 | 2;

const readPadding =
  (axes: Axes): Reader =>
  (layer) =>
    sides(layer.config.padding ?? 1, axes, "padding").reduce(
      (x, [before, after], i) => (before + after === 0 ? x : pad(x, { axis: i + 1, before, after })),
      withRank(inputOf(layer), axes + 2),
    );

const readCropping =
  (axes: Axes): Reader =>
  (layer) =>
    sides(layer.config.cropping ?? (axes === 1 ? 1 : 0), axes, "cropping").reduce(
      (x, [before, after], i) => {
        const length = Number(x.shape[i + 1]);
        if (before + after >= length) throw new NablaError("keras/shape", `its cropping leaves nothing of ${length}`);
        return slice(x, { axis: i + 1, from: before, to: length - after });
      },
      withRank(inputOf(layer), axes + 2),
    );

/** Each place repeated. */
const readUpSampling =
  (axes: Axes): Reader =>
  (layer) => {
    const x = withRank(inputOf(layer), axes + 2);
    const times = lengths(layer.config.size, axes, 2, "size");
    const example = exampleOf(x);
    const [places, channels] = [example.slice(0, -1), example.at(-1) ?? 1];
    const split = laidOut(x, [...places.flatMap((length) => [length, 1]), channels]);
    const shape = [...places.flatMap((length, i) => [length, times[i] ?? 1]), channels];
    const repeated = broadcast(split, { shape: [known(x.shape[0], "the batch"), ...shape] });
    return laidOut(repeated, [...places.map((length, i) => length * (times[i] ?? 1)), channels]);
  };

/** The window of a pooling layer, by default as far apart as it is long. */
function poolingOf({ config }: LayerReading, axes: Axes) {
  const window = lengths(config.pool_size, axes, 2, "pool_size");
  const { strides, padding: given = "valid" } = config;
  const stride = strides === undefined || strides === null ? window : lengths(strides, axes, 1, "strides");
  if (given === "same" || given === "valid") return { size: window, stride, padding: given } as const;
  throw unsupported(`padding ${quoted(String(given))}`);
}

const readMaxPooling =
  (axes: Axes): Reader =>
  (layer) =>
    layer.apply(maxPool(poolingOf(layer, axes)), withRank(inputOf(layer), axes + 2));

/** Keras leaves the zeros around out of a mean, the layer here counts them: at the edges the mean is of fewer. */
const readAveragePooling =
  (axes: Axes): Reader =>
  (layer) => {
    const x = withRank(inputOf(layer), axes + 2);
    const options = poolingOf(layer, axes);
    const pooled = layer.apply(averagePool(options), x);
    const places = exampleOf(x).slice(0, -1);
    const window = { ...options, dilation: options.size.map(() => 1) };
    const around = paddingFor(places, window, options.padding);
    if (around.every(([before, after]) => before + after === 0)) return pooled;
    const shares = exampleOf(pooled)
      .slice(0, -1)
      .map((count, i) => {
        const [points = 1, move = 1, before = 0, length = 1] = [
          options.size[i],
          options.stride[i],
          around[i]?.[0],
          places[i],
        ];
        return Float32Array.from({ length: count }, (_, at) => {
          const from = at * move - before;
          return points / (Math.min(from + points, length) - Math.max(from, 0));
        });
      });
    return shares.reduce((sofar, data, i) => {
      const shape = [...shares.map((_, k) => (k === i ? data.length : 1)), 1];
      return multiply(sofar, constant({ dtype: "float32", shape, data }));
    }, pooled);
  };

const readGlobalPooling =
  (axes: Axes, kind: "max" | "average"): Reader =>
  (layer) => {
    const x = withRank(inputOf(layer), axes + 2);
    const over = Array.from({ length: axes }, (_, i) => i + 1);
    const pooled = kind === "average" ? layer.apply(globalAveragePool(), x) : max(x, { axes: over });
    if (!flag(layer.config, "keepdims", false)) return pooled;
    return laidOut(pooled, [...over.map(() => 1), Number(x.shape.at(-1))]);
  };

/** Tensors of one number of axes; Keras moves the batch where they differ. */
function several({ inputs }: LayerReading): readonly [Tensor, ...Tensor[]] {
  const [first, ...others] = inputs;
  if (first === undefined) throw new NablaError("keras/graph", "it is called on nothing");
  const odd = others.find(({ shape }) => shape.length !== first.shape.length);
  if (odd === undefined) return [first, ...others];
  throw unsupported(`tensors of ${first.shape.length - 1} and ${odd.shape.length - 1} axes joined`);
}

const readMerge =
  (join: (x: Tensor, y: Tensor) => Tensor): Reader =>
  (layer) => {
    const [first, ...others] = several(layer);
    return others.reduce(join, first);
  };

const readSubtract: Reader = (layer) => {
  const [x, y, ...others] = several(layer);
  if (y !== undefined && others.length === 0) return subtract(x, y);
  throw new NablaError("keras/graph", `it is called on ${layer.inputs.length} tensors, and takes two`);
};

const readAverage: Reader = (layer) => {
  const [first, ...others] = several(layer);
  return divide(
    others.reduce((x, y) => add(x, y), first),
    others.length + 1,
  );
};

const readConcatenate: Reader = (layer) => {
  const [first, ...others] = several(layer);
  const [axis = 0] = axesIn(layer.config.axis ?? -1, first.shape.length, "axis");
  return others.length === 0 ? first : concat([first, ...others], { axis });
};

/** The product of two rows of each example. */
const readDot: Reader = (layer) => {
  const [x, y, ...others] = several(layer);
  if (y === undefined || others.length > 0 || x.shape.length !== 2)
    throw unsupported("a product of other than two rows of numbers");
  const axes = numbersIn(layer.config.axes, "axes");
  if (axes.some((axis) => axis !== 1 && axis !== -1)) throw unsupported(`axes ${axes.join(", ")}`);
  const product = sum(multiply(x, y), { axes: 1, keep: true });
  if (!flag(layer.config, "normalize", false)) return product;
  const squares = [x, y].map((one) => maximum(sum(multiply(one, one), { axes: 1, keep: true }), 1e-12));
  return squares.reduce((sofar, square) => divide(sofar, sqrt(square)), product);
};

/** Codes as ones and zeros: one of them, all that occur, or how often each does. */
const readCategories: Reader = (layer) => {
  const x = inputOf(layer);
  const count = size(layer.config.num_tokens, "num_tokens");
  const mode = layer.config.output_mode ?? "multi_hot";
  if (x.shape.length > 2) throw unsupported(`codes of ${x.shape.length - 1} axes`);
  const codes = laidOut(x, [Number(x.shape[1] ?? 1), 1]);
  const classes = constant({
    dtype: "float32",
    shape: [count],
    data: Float32Array.from({ length: count }, (_, i) => i),
  });
  const hits = cast(equal(codes, classes), { dtype: "float32" }); // [batch, codes, classes]
  if (mode === "multi_hot") return max(hits, { axes: 1 });
  if (mode === "count") return sum(hits, { axes: 1 });
  if (mode === "one_hot") return Number(x.shape[1] ?? 1) === 1 ? laidOut(hits, [count]) : hits;
  throw unsupported(`output_mode ${quoted(String(mode))}`);
};

/** Layers that move, pool and join, by class. */
export const shapeLayers: Readonly<Record<string, Reader>> = {
  Flatten: readFlatten,
  Reshape: readReshape,
  Permute: readPermute,
  RepeatVector: readRepeat,
  ZeroPadding1D: readPadding(1),
  ZeroPadding2D: readPadding(2),
  Cropping1D: readCropping(1),
  Cropping2D: readCropping(2),
  UpSampling1D: readUpSampling(1),
  UpSampling2D: readUpSampling(2),
  MaxPooling1D: readMaxPooling(1),
  MaxPooling2D: readMaxPooling(2),
  AveragePooling1D: readAveragePooling(1),
  AveragePooling2D: readAveragePooling(2),
  GlobalAveragePooling1D: readGlobalPooling(1, "average"),
  GlobalAveragePooling2D: readGlobalPooling(2, "average"),
  GlobalMaxPooling1D: readGlobalPooling(1, "max"),
  GlobalMaxPooling2D: readGlobalPooling(2, "max"),
  Add: readMerge((x, y) => add(x, y)),
  Multiply: readMerge((x, y) => multiply(x, y)),
  Maximum: readMerge((x, y) => maximum(x, y)),
  Minimum: readMerge((x, y) => minimum(x, y)),
  Subtract: readSubtract,
  Average: readAverage,
  Concatenate: readConcatenate,
  Dot: readDot,
  CategoryEncoding: readCategories,
};
