/** What every layer means, as the plainest loops: the kit compares layers with these. */
import type { NdArray } from "../../src/array/ndarray.ts";
import type { PlainOptions } from "../../src/base/described.ts";
import { hashName, uniform } from "../../src/base/random.ts";
import { errorFunction } from "../../src/engine/reference/erf.ts";
import type { LayerCase, LayerMeaning } from "../../src/testing/meaning-check.ts";
import { meaningOf } from "./meaning-of.ts";

type Values = LayerCase["x"];
type Result = ReturnType<LayerMeaning>;

const only = (output: Values): Result => ({ output, buffers: {} });
const each =
  (of: (x: number, options: PlainOptions) => number): LayerMeaning =>
  ({ x, options }) =>
    only({ ...x, data: x.data.map((value) => of(value, options)) });

function option(options: PlainOptions, name: string, otherwise: number): number {
  const value = options[name];
  return typeof value === "number" ? value : otherwise;
}

/** One number for every axis, or one for each. */
function perAxis(value: unknown, axes: number, otherwise: number): readonly number[] {
  return Array.isArray(value) ? value : new Array(axes).fill(typeof value === "number" ? value : otherwise);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Every place of a shape, the last axis fastest. */
function places(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (all, length) => all.flatMap((place) => Array.from({ length }, (_, i) => [...place, i])),
    [[]],
  );
}

/** The number at a place; undefined outside. */
function at(
  { shape, data }: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  place: readonly number[],
) {
  let index = 0;
  for (const [axis, length] of shape.entries()) {
    const i = place[axis] ?? -1;
    if (i < 0 || i >= length) return undefined;
    index = index * length + i;
  }
  return data[index];
}

function parameter({ parameters }: LayerCase, name: string): NdArray {
  const found = parameters.get(name);
  if (found === undefined) throw new Error(`the case has no ${name}`);
  return found;
}

/** A group of numbers, as the features of a row or one feature of all rows, standardized. */
function standardized(group: Float64Array, epsilon: number): { mean: number; variance: number; values: Float64Array } {
  const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
  const variance = group.reduce((sum, value) => sum + (value - mean) ** 2, 0) / group.length;
  return { mean, variance, values: group.map((value) => (value - mean) / Math.sqrt(variance + epsilon)) };
}

function softmaxOf({ shape, data }: Values): Values {
  const features = shape.at(-1) ?? 1;
  const output = data.slice();
  for (let from = 0; from < data.length; from += features) {
    const row = output.subarray(from, from + features);
    const top = Math.max(...row);
    const total = row.reduce((sum, value) => sum + Math.exp(value - top), 0);
    row.set(row.map((value) => Math.exp(value - top) / total));
  }
  return { shape, data: output };
}

const layerNorm: LayerMeaning = (given) => {
  const { x, options } = given;
  const [scale, shift] = [parameter(given, "scale").data, parameter(given, "shift").data];
  const [features, output] = [x.shape.at(-1) ?? 1, x.data.slice()];
  for (let from = 0; from < output.length; from += features) {
    const { values } = standardized(x.data.slice(from, from + features), option(options, "epsilon", 1e-5));
    for (const [i, value] of values.entries())
      output[from + i] = value * (scale[i] ?? Number.NaN) + (shift[i] ?? Number.NaN);
  }
  return only({ ...x, data: output });
};

const periodic: LayerMeaning = (given) => {
  const { x, options } = given;
  const [frequency, phase] = [parameter(given, "frequency"), parameter(given, "phase")];
  const width = x.shape.at(-1) ?? 1;
  const inputs = (options.inputs as readonly number[] | undefined) ?? Array.from({ length: width }, (_, i) => i);
  const rows = Array.from({ length: x.data.length / width }, (_, row) => {
    const numbers = [...x.data.slice(row * width, (row + 1) * width)];
    const waves = inputs.flatMap((input, i) =>
      Array.from({ length: frequency.shape[1] ?? 0 }, (_, wave) =>
        Math.cos((numbers[input] ?? Number.NaN) * (at(frequency, [i, wave]) ?? 0) + (at(phase, [i, wave]) ?? 0)),
      ),
    );
    return [...numbers, ...waves];
  });
  return only({ shape: x.shape.with(-1, rows[0]?.length ?? 0), data: Float64Array.from(rows.flat()) });
};

const batchNorm: LayerMeaning = (given) => {
  const { x, options, mode } = given;
  const of = (name: string, f: number): number => parameter(given, name).data[f] ?? Number.NaN;
  const epsilon = option(options, "epsilon", 1e-5);
  const share = option(options, "momentum", 0.1);
  const [features, output] = [x.shape.at(-1) ?? 1, x.data.slice()];
  const next = { mean: new Float64Array(features), variance: new Float64Array(features) };
  const count = x.data.length / features;
  for (let f = 0; f < features; f++) {
    const column = Float64Array.from({ length: count }, (_, row) => x.data[row * features + f] ?? Number.NaN);
    const batch = standardized(column, epsilon);
    for (let row = 0; row < count; row++) {
      const learning = batch.values[row] ?? Number.NaN;
      const answering = ((column[row] ?? Number.NaN) - of("mean", f)) / Math.sqrt(of("variance", f) + epsilon);
      output[row * features + f] = (mode === "train" ? learning : answering) * of("scale", f) + of("shift", f);
    }
    next.mean[f] = (1 - share) * of("mean", f) + share * batch.mean;
    next.variance[f] = (1 - share) * of("variance", f) + (share * batch.variance * count) / (count - 1);
  }
  return { output: { ...x, data: output }, buffers: mode === "train" ? next : {} };
};

/** Dropout whose mask has the given shape: axes of length 1 share their draw. */
const dropping =
  (maskShape: (shape: readonly number[]) => readonly number[]): LayerMeaning =>
  ({ x, options, mode, path, random: { key, step } }) => {
    if (mode === "predict") return only(x);
    const keep = option(options, "keep", Number.NaN);
    const shape = maskShape(x.shape);
    const draws = uniform(key, elements(shape), { stream: hashName(`${path}mask`), step });
    const data = Float64Array.from(places(x.shape), (place, i) => {
      const draw = at(
        { shape, data: draws },
        place.map((index, axis) => (shape[axis] === 1 ? 0 : index)),
      );
      return (draw ?? Number.NaN) < Math.fround(keep) ? (x.data[i] ?? Number.NaN) / keep : 0;
    });
    return only({ ...x, data });
  };

const dense: LayerMeaning = (given) => {
  const { x } = given;
  const [features, weights] = [x.shape.at(-1) ?? 1, parameter(given, "weights")];
  const bias = given.parameters.get("bias");
  const units = weights.shape.at(-1) ?? 1;
  const shape = [...x.shape.slice(0, -1), units];
  const data = Float64Array.from(places(shape), (place) => {
    const [row, unit] = [place.slice(0, -1), place.at(-1) ?? 0];
    let sum: number = bias?.data[unit] ?? 0;
    for (let f = 0; f < features; f++)
      sum += (at(x, [...row, f]) ?? Number.NaN) * (at(weights, [f, unit]) ?? Number.NaN);
    return sum;
  });
  return only({ shape, data });
};

/** Windows over the axes between batch and channels: where they begin, and how many there are. */
function windowsOf(x: Values, options: PlainOptions, otherwise: { readonly size: number; readonly padding: string }) {
  const lengths = x.shape.slice(1, -1);
  const size = perAxis(options.size, lengths.length, otherwise.size);
  const pools = otherwise.padding === "valid";
  const stride = perAxis(options.stride ?? (pools ? [...size] : 1), lengths.length, 1);
  const dilation = perAxis(options.dilation, lengths.length, 1);
  const same = (options.padding ?? otherwise.padding) === "same";
  const axes = lengths.map((length, i) => {
    const [points = 1, move = 1, apart = 1] = [size[i], stride[i], dilation[i]];
    const reach = (points - 1) * apart + 1;
    // TensorFlow's "same": the stride divides the length, rounded up, and an odd rest of the padding goes after
    const count = same ? Math.ceil(length / move) : Math.floor((length - reach) / move) + 1;
    const before = same ? Math.floor(Math.max(0, (count - 1) * move + reach - length) / 2) : 0;
    return { count, at: (position: number, point: number): number => position * move + point * apart - before };
  });
  return {
    size,
    counts: axes.map(({ count }) => count),
    /** The place of a window's point in the input. */
    placeOf: (position: readonly number[], point: readonly number[]): readonly number[] =>
      axes.map((axis, i) => axis.at(position[i] ?? 0, point[i] ?? 0)),
  };
}

const convolution: LayerMeaning = (given) => {
  const { x, options } = given;
  const weights = parameter(given, "weights");
  const bias = given.parameters.get("bias");
  const { size, counts, placeOf } = windowsOf(x, options, { size: 3, padding: "same" });
  const [channels = 1, filters = 1] = weights.shape.slice(-2);
  const perGroup = filters / option(options, "groups", 1);
  const shape = [x.shape[0] ?? 0, ...counts, filters];
  const points = places(size);
  const data = Float64Array.from(places(shape), (place) => {
    const [row = 0, filter = 0] = [place[0], place.at(-1)];
    const first = Math.floor(filter / perGroup) * channels;
    let sum: number = bias?.data[filter] ?? 0;
    for (const point of points) {
      const from = placeOf(place.slice(1, -1), point);
      for (let c = 0; c < channels; c++)
        sum += (at(x, [row, ...from, first + c]) ?? 0) * (at(weights, [...point, c, filter]) ?? Number.NaN);
    }
    return sum;
  });
  return only({ shape, data });
};

const pooling =
  (of: (numbers: readonly number[]) => number, around: number): LayerMeaning =>
  ({ x, options }) => {
    const { size, counts, placeOf } = windowsOf(x, options, { size: 2, padding: "valid" });
    const shape = [x.shape[0] ?? 0, ...counts, x.shape.at(-1) ?? 0];
    const points = places(size);
    const data = Float64Array.from(places(shape), (place) => {
      const [row = 0, channel = 0] = [place[0], place.at(-1)];
      return of(points.map((point) => at(x, [row, ...placeOf(place.slice(1, -1), point), channel]) ?? around));
    });
    return only({ shape, data });
  };

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const globalAveragePool: LayerMeaning = ({ x, options }) => {
  const [rows = 0, channels = 0] = [x.shape[0] ?? 0, x.shape.at(-1) ?? 0];
  const inner = places(x.shape.slice(1, -1));
  const shape = [rows, channels];
  const data = Float64Array.from(places(shape), ([row = 0, channel = 0]) => {
    const seen = inner.filter((place) => options.mask !== true || counts(x, [row, ...place]));
    return seen.length === 0 ? 0 : mean(seen.map((place) => at(x, [row, ...place, channel]) ?? Number.NaN));
  });
  return only({ shape, data });
};

/** Whether any number at a position is other than 0. */
function counts(x: Values, place: readonly number[]): boolean {
  return Array.from({ length: x.shape.at(-1) ?? 0 }, (_, f) => at(x, [...place, f])).some((value) => value !== 0);
}

const attention: LayerMeaning = (given) => {
  const { x, options } = given;
  const [rows = 0, time = 0, features = 0] = x.shape;
  const [heads, masked] = [option(options, "heads", 1), options.mask === true];
  const size = features / heads;
  const projected = inside(given, "projection", { kind: "dense" }, x).output;
  const part = (which: number, row: number, t: number, f: number): number =>
    at(projected, [row, t, which * features + f]) ?? Number.NaN;
  const data = Float64Array.from(places([rows, time, features]), ([row = 0, query = 0, feature = 0]) => {
    const first = feature - (feature % size);
    const seen = Array.from({ length: options.causal === true ? query + 1 : time }, (_, key) => key).filter(
      (key) => !masked || counts(x, [row, key]),
    );
    const powers = seen.map((key) => {
      let score = 0;
      for (let f = first; f < first + size; f++) score += part(0, row, query, f) * part(1, row, key, f);
      return Math.exp(score / Math.sqrt(size));
    });
    const total = powers.reduce((sum, power) => sum + power, 0);
    return seen.reduce((sum, key, i) => sum + ((powers[i] ?? 0) / total) * part(2, row, key, feature), 0);
  });
  const { output } = inside(given, "output", { kind: "dense" }, { shape: x.shape, data });
  return only(masked ? zeroedWhere(output, (place) => !counts(x, place)) : output);
};

/** Numbers [batch, time, features] with zeros at some positions. */
function zeroedWhere(x: Values, empty: (place: readonly number[]) => boolean): Values {
  const data = Float64Array.from(places(x.shape), (place, i) =>
    empty(place.slice(0, 2)) ? 0 : (x.data[i] ?? Number.NaN),
  );
  return { ...x, data };
}

const plus = (x: Values, y: Values): Values => ({ ...x, data: x.data.map((value, i) => value + (y.data[i] ?? 0)) });

/** Without a mask, whose positions attention reads from other numbers than the block; PyTorch's answers check it. */
const transformerBlock: LayerMeaning = (given) => {
  const { heads = 1, causal = false, keep = 1, mask } = given.options;
  if (mask === true) throw new Error("write down what a masked block means");
  const run = (name: string, layer: PlainOptions, x: Values): Values => inside(given, name, layer, x).output;
  const drop = (name: string, x: Values): Values => (keep === 1 ? x : run(name, { kind: "dropout", keep }, x));
  const normal = run("layerNorm1", { kind: "layerNorm" }, given.x);
  const mixed = plus(given.x, drop("dropout1", run("attention1", { kind: "attention", heads, causal }, normal)));
  const wide = run("dense1", { kind: "dense" }, run("layerNorm2", { kind: "layerNorm" }, mixed));
  const bent = run("gelu1", { kind: "gelu" }, wide);
  return only(plus(mixed, drop("dropout2", run("dense2", { kind: "dense" }, bent))));
};

/** One way of a recurrent layer: the states after each position, or the last. */
function statesOf(given: LayerCase, prefix: string, backward: boolean): readonly (readonly (readonly number[])[])[] {
  const { x, options } = given;
  const [rows = 0, time = 0, features = 0] = x.shape;
  const units = option(options, "units", 0);
  const of = (name: string): NdArray => parameter(given, `${prefix}${name}`);
  const [w, u, b] = [of("input.weights"), of("recurrent.weights"), of("input.bias")];
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const each = Array.from({ length: units }, (_, unit) => unit);
  return Array.from({ length: rows }, (_, row) => {
    let [state, memory] = [each.map(() => 0), each.map(() => 0)];
    const all: number[][] = [];
    for (let i = 0; i < time; i++) {
      const t = backward ? time - 1 - i : i;
      const own = (gate: number, unit: number): number => {
        let sum: number = b.data[gate * units + unit] ?? Number.NaN;
        for (let f = 0; f < features; f++)
          sum += (at(x, [row, t, f]) ?? Number.NaN) * (at(w, [f, gate * units + unit]) ?? Number.NaN);
        return sum;
      };
      const before = state;
      const recalled = (gate: number, unit: number): number =>
        before.reduce((sum, value, k) => sum + value * (at(u, [k, gate * units + unit]) ?? Number.NaN), 0);
      if (options.mask !== true || counts(x, [row, t])) {
        if (options.cell === "lstm") {
          const sums = (gate: number, unit: number): number => own(gate, unit) + recalled(gate, unit);
          memory = memory.map(
            (value, unit) => sigmoid(sums(1, unit)) * value + sigmoid(sums(0, unit)) * Math.tanh(sums(2, unit)),
          );
          state = memory.map((value, unit) => sigmoid(sums(3, unit)) * Math.tanh(value));
        } else {
          const c = of("recurrent.bias").data;
          state = before.map((value, unit) => {
            const reset = sigmoid(own(0, unit) + recalled(0, unit));
            const update = sigmoid(own(1, unit) + recalled(1, unit));
            const candidate = Math.tanh(own(2, unit) + reset * (recalled(2, unit) + (c[unit] ?? Number.NaN)));
            return (1 - update) * candidate + update * value;
          });
        }
      }
      all[t] = state;
    }
    return options.returns === "all" ? all : [state];
  });
}

const recurrent: LayerMeaning = (given) => {
  const { x, options } = given;
  const { direction } = options;
  const ways =
    direction === "both"
      ? [statesOf(given, "forward.", false), statesOf(given, "backward.", true)]
      : [statesOf(given, "", direction === "backward")];
  const units = option(options, "units", 0);
  const all = options.returns === "all";
  const shape = [x.shape[0] ?? 0, ...(all ? [x.shape[1] ?? 0] : []), units * ways.length];
  const data = Float64Array.from(places(shape), (place) => {
    const [row = 0, t = 0] = all ? place : [place[0], 0];
    const column = place.at(-1) ?? 0;
    const skipped = all && options.mask === true && !counts(x, [row, t]);
    return skipped ? 0 : (ways[Math.floor(column / units)]?.[row]?.[t]?.[column % units] ?? Number.NaN);
  });
  return only({ shape, data });
};

const positionalEncoding: LayerMeaning = (given) => {
  const { x, options } = given;
  const features = x.shape.at(-1) ?? 1;
  const data = Float64Array.from(places(x.shape), ([row = 0, position = 0, feature = 0], i) => {
    if (options.mask === true && !counts(x, [row, position])) return 0;
    const angle = position / 10000 ** ((2 * Math.floor(feature / 2)) / features);
    const wave = feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    const learned = options.form === "learned" ? at(parameter(given, "table"), [position, feature]) : wave;
    return (x.data[i] ?? Number.NaN) + (learned ?? Number.NaN);
  });
  return only({ ...x, data });
};

const embedding: LayerMeaning = (given) => {
  const table = parameter(given, "table");
  const shape = [...given.x.shape, table.shape.at(-1) ?? 0];
  const data = Float64Array.from(places(shape), (place) => {
    const code = Math.trunc(at(given.x, place.slice(0, -1)) ?? Number.NaN);
    return at(table, [code, place.at(-1) ?? 0]) ?? 0; // codes outside the table give zeros
  });
  return only({ shape, data });
};

const embeddingBag: LayerMeaning = (given) => {
  const { x, options } = given;
  const table = parameter(given, "table");
  const [width, units, from] = [x.shape[1] ?? 0, table.shape[1] ?? 0, option(options, "from", 0)];
  const parts = options.weighted === true ? 2 : 1;
  const length = option(options, "length", Math.floor((width - from) / parts));
  const rows = Array.from({ length: x.shape[0] ?? 0 }, (_, row) => {
    const numbers = [...x.data.slice(row * width, (row + 1) * width)];
    const codes = numbers.slice(from, from + length).map(Math.trunc);
    const weights = parts === 2 ? numbers.slice(from + length, from + 2 * length) : codes.map(() => 1);
    const divisor = parts === 2 ? 1 : Math.max(1, codes.filter((code) => code > 0).length);
    const vector = Array.from({ length: units }, (_unit, unit) =>
      codes.reduce((sum, code, i) => sum + ((at(table, [code - 1, unit]) ?? 0) * (weights[i] ?? 0)) / divisor, 0),
    );
    return [...numbers.slice(0, from), ...numbers.slice(from + parts * length), ...vector];
  });
  return only({ shape: [rows.length, rows[0]?.length ?? 0], data: Float64Array.from(rows.flat()) });
};

/** Kind and place among its kind, as `dense2`. */
function namesOf(kinds: readonly string[]): readonly string[] {
  return kinds.map((kind, i) => `${kind}${kinds.slice(0, i + 1).filter((other) => other === kind).length}`);
}

/** What a layer inside another gives for x. */
function inside(given: LayerCase, name: string, data: unknown, x: Values): Result {
  const { kind, ...options } = data as PlainOptions;
  const own = [...given.parameters].flatMap(([path, array]) =>
    path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), array] as const] : [],
  );
  const meaning = meaningOf(layerMeanings, String(kind));
  const { output, buffers } = meaning({
    ...given,
    x,
    options,
    parameters: new Map(own),
    path: `${given.path}${name}.`,
  });
  return {
    output,
    buffers: Object.fromEntries(Object.entries(buffers).map(([path, next]) => [`${name}.${path}`, next])),
  };
}

const chain: LayerMeaning = (given) => {
  const layers = given.options.layers as readonly PlainOptions[];
  const names = namesOf(layers.map(({ kind }) => String(kind)));
  let result = only(given.x);
  for (const [i, layer] of layers.entries()) {
    const { output, buffers } = inside(given, names[i] ?? "", layer, result.output);
    result = { output, buffers: { ...result.buffers, ...buffers } };
  }
  return result;
};

const featureBranch: LayerMeaning = (given) => {
  const { x, options } = given;
  const [rows = 0, width = 0] = x.shape;
  const [from, length] = [option(options, "from", 0), option(options, "length", 0)];
  const numbers = (row: number): readonly number[] => [...x.data.slice(row * width, (row + 1) * width)];
  const each = Array.from({ length: rows }, (_, row) => numbers(row));
  const taken = Float64Array.from(each.flatMap((row) => row.slice(from, from + length)));
  const form = Array.isArray(options.shape) ? options.shape.map(Number) : [length];
  const { output, buffers } = chain({ ...given, x: { shape: [rows, ...form], data: taken } });
  const units = output.shape[1] ?? 0;
  const all = each.flatMap((row, i) => [
    ...row.toSpliced(from, length),
    ...output.data.slice(i * units, (i + 1) * units),
  ]);
  return { output: { shape: [rows, width - length + units], data: Float64Array.from(all) }, buffers };
};

const residual: LayerMeaning = (given) => {
  const { output, buffers } = chain(given);
  return { output: { ...output, data: output.data.map((y, i) => y + (given.x.data[i] ?? Number.NaN)) }, buffers };
};

const ensemble: LayerMeaning = (given) => {
  const { members, loss, of = "answers" } = given.options;
  if ((loss as PlainOptions).kind !== "softmaxCrossEntropy" || of === "votes")
    throw new Error("write down what this ensemble means");
  const all = (members as readonly PlainOptions[]).map((member, i) => inside(given, `member${i + 1}`, member, given.x));
  const answers = all.map(({ output }) => (of === "outputs" ? output : softmaxOf(output)).data);
  const [first] = all;
  if (first === undefined) throw new Error("an ensemble without members");
  const data = first.output.data.map((_, i) => {
    const average = mean(answers.map((one) => one[i] ?? Number.NaN));
    return of === "outputs" ? average : Math.log(average);
  });
  return { output: { ...first.output, data }, buffers: Object.assign({}, ...all.map(({ buffers }) => buffers)) };
};

/** Ops that the kit's graph uses. */
const graphOps: Readonly<Record<string, (a: Values, b: Values, options: PlainOptions) => Values>> = {
  matmul: (a, b) => {
    const shape = [a.shape[0] ?? 0, b.shape[1] ?? 0];
    const product = places(shape).map(([i = 0, j = 0]) =>
      Array.from({ length: b.shape[0] ?? 0 }, (_, k) => (at(a, [i, k]) ?? 0) * (at(b, [k, j]) ?? 0)),
    );
    return { shape, data: Float64Array.from(product, (terms) => terms.reduce((sum, x) => sum + x, 0)) };
  },
  multiply: (a, b) => ({ ...a, data: a.data.map((x, i) => x * (b.data[i % b.data.length] ?? Number.NaN)) }),
  add: (a, b) => ({ ...a, data: a.data.map((x, i) => x + (b.data[i % b.data.length] ?? Number.NaN)) }),
  reshape: (a, _, { shape }) => ({
    ...a,
    shape: (shape as readonly (number | string)[]).map((length) => (length === "batch" ? (a.shape[0] ?? 0) : +length)),
  }),
};

const graph: LayerMeaning = (given) => {
  const steps = given.options.steps as readonly PlainOptions[];
  const names = namesOf(
    steps.map(({ layer, parameter: own }) =>
      layer !== undefined ? String((layer as PlainOptions).kind) : own === undefined ? "" : "parameter",
    ),
  );
  const values: Values[] = [given.x];
  const value = (index: unknown): Values => values[Number(index)] ?? { shape: [], data: new Float64Array(0) };
  let buffers: Result["buffers"] = {};
  for (const [i, step] of steps.entries()) {
    const [name, of] = [names[i] ?? "", step.of];
    if (step.layer !== undefined) {
      const result = inside(given, name, step.layer, value(of));
      buffers = { ...buffers, ...result.buffers };
      values.push(result.output);
    } else if (step.parameter !== undefined) {
      const { shape, data } = parameter(given, `${name}.${step.parameter}`);
      values.push({ shape, data: Float64Array.from(data) });
    } else if (step.constant !== undefined) {
      values.push({ shape: step.shape as readonly number[], data: Float64Array.from(step.constant as number[]) });
    } else {
      const [a, b] = of as readonly number[];
      values.push(meaningOf(graphOps, String(step.op))(value(a), value(b), step.attributes as PlainOptions));
    }
  }
  return { output: value(values.length - 1), buffers };
};

/** Layers by kind; every kind is here. */
export const layerMeanings: Readonly<Record<string, LayerMeaning>> = {
  chain,
  residual,
  featureBranch,
  ensemble,
  graph,
  dense,
  conv1d: convolution,
  conv2d: convolution,
  maxPool: pooling((numbers) => Math.max(...numbers), Number.NEGATIVE_INFINITY),
  averagePool: pooling(mean, 0),
  globalAveragePool,
  attention,
  transformerBlock,
  positionalEncoding,
  recurrent,
  embedding,
  embeddingBag,
  periodic,
  batchNorm,
  layerNorm,
  dropout: dropping((shape) => shape),
  spatialDropout: dropping((shape) =>
    shape.map((length, axis) => (axis === 0 || axis === shape.length - 1 ? length : 1)),
  ),
  softmax: ({ x }) => only(softmaxOf(x)),
  flatten: ({ x }) => only({ shape: [x.shape[0] ?? 0, elements(x.shape.slice(1))], data: x.data }),
  identity: each((x) => x),
  relu: each((x) => (x > 0 ? x : 0)),
  leakyRelu: each((x, options) => (x > 0 ? x : x * option(options, "slope", 0.01))),
  elu: each((x, options) => (x > 0 ? x : option(options, "alpha", 1) * Math.expm1(x))),
  gelu: each((x) => (x * (1 + errorFunction(x / Math.SQRT2))) / 2),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
};
