/** The layers of networks for tables and texts as plain loops over one example. */
import { elementsOf, sameShape, showShape } from "../array/shape.ts";
import type { Json } from "../base/json.ts";
import { errorFunction } from "../engine/reference/erf.ts";
import { sigmoidOf } from "../engine/reference/sigmoid.ts";
import { ELU_ALPHA, LEAKY_SLOPE, NORM_EPSILON } from "../nn/option-defaults.ts";
import { plainAnswers, toShares } from "./plain-answers.ts";
import { damagedNetwork, inSequence, type PlainLayer, type PlainMaker, type SavedLayer } from "./plain-layer.ts";

/** A layer that leaves its example as it is when it predicts. */
const same: PlainMaker = ({ size }) => ({ shape: size, run: (x) => x });

/** A layer that computes each number by itself. */
function each(functionOf: (saved: SavedLayer) => (x: number) => number): PlainMaker {
  return (saved) => {
    const of = functionOf(saved);
    const output = new Float64Array(elementsOf(saved.size));
    return {
      shape: saved.size,
      run: (x) => {
        for (let i = 0; i < output.length; i++) output[i] = of(x[i] as number);
        return output;
      },
    };
  };
}

/** A layer that computes the numbers of the last axis together, in place. */
function inRows({ size }: SavedLayer, of: (row: Float64Array) => void): PlainLayer {
  const output = new Float64Array(elementsOf(size));
  const features = size.at(-1) ?? 1;
  const rows = Array.from({ length: output.length / features }, (_, row) =>
    output.subarray(row * features, (row + 1) * features),
  );
  return {
    shape: size,
    run: (x) => {
      output.set(x);
      for (const row of rows) of(row);
      return output;
    },
  };
}

/** x·W + b along the last axis. */
const dense: PlainMaker = ({ size, options, path, number, has, array }) => {
  const inputs = size.at(-1);
  if (inputs === undefined) throw damagedNetwork(path, "takes examples with features");
  const units = number("units");
  const weights = array("weights", [inputs, units]);
  const bias = has("bias") && options.bias !== false ? array("bias", [units]) : new Float32Array(units);
  const shape = size.with(-1, units);
  const output = new Float64Array(elementsOf(shape));
  const rows = Array.from({ length: output.length / units }, (_, row) =>
    output.subarray(row * units, (row + 1) * units),
  );
  return {
    shape,
    run: (x) => {
      for (let row = 0; row < rows.length; row++) {
        const sums = rows[row] as Float64Array;
        sums.set(bias);
        addProducts(rows.length === 1 ? x : x.subarray(row * inputs, (row + 1) * inputs), weights, sums);
      }
      return output;
    },
  };
};

/** Adds x·W to sums: four inputs at a time, which halves what is read and written, and none of the zeros that a ReLU gives. */
function addProducts(x: Float64Array, weights: ArrayLike<number>, sums: Float64Array): void {
  const units = sums.length;
  const at = [0, 0, 0, 0];
  let found = 0;
  for (let i = 0; i < x.length; i++) {
    if (x[i] === 0) continue;
    at[found++] = i;
    if (found < at.length) continue;
    found = 0;
    const [a = 0, b = 0, c = 0, d = 0] = [x[at[0] as number], x[at[1] as number], x[at[2] as number], x[i]];
    const [inA, inB, inC, inD] = [
      (at[0] as number) * units,
      (at[1] as number) * units,
      (at[2] as number) * units,
      i * units,
    ];
    for (let unit = 0; unit < units; unit++)
      sums[unit] =
        (sums[unit] as number) +
        a * (weights[inA + unit] as number) +
        b * (weights[inB + unit] as number) +
        c * (weights[inC + unit] as number) +
        d * (weights[inD + unit] as number);
  }
  for (let k = 0; k < found; k++) {
    const i = at[k] as number;
    for (let unit = 0; unit < units; unit++)
      sums[unit] = (sums[unit] as number) + (x[i] as number) * (weights[i * units + unit] as number);
  }
}

/** By the mean and variance of training. */
const batchNorm: PlainMaker = (saved) => {
  const features = saved.size.at(-1) ?? 1;
  const of = (name: string): ArrayLike<number> => saved.array(name, [features]);
  const [scale, shift, mean, variance] = [of("scale"), of("shift"), of("mean"), of("variance")];
  const epsilon = saved.number("epsilon", NORM_EPSILON);
  const factor = Float64Array.from(scale, (one, i) => one / Math.sqrt((variance[i] as number) + epsilon));
  return inRows(saved, (row) => {
    for (let i = 0; i < features; i++)
      row[i] = ((row[i] as number) - (mean[i] as number)) * (factor[i] as number) + (shift[i] as number);
  });
};

/** By the mean and variance of the example's own last axis. */
const layerNorm: PlainMaker = (saved) => {
  const features = saved.size.at(-1) ?? 1;
  const [scale, shift] = [saved.array("scale", [features]), saved.array("shift", [features])];
  const epsilon = saved.number("epsilon", NORM_EPSILON);
  return inRows(saved, (row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / features;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / features;
    const root = Math.sqrt(variance + epsilon);
    for (let i = 0; i < features; i++)
      row[i] = (((row[i] as number) - mean) / root) * (scale[i] as number) + (shift[i] as number);
  });
};

/** Inputs, and after them cos(f·x + p) of those with waves. */
const periodic: PlainMaker = ({ size, options, path, number, array }) => {
  const inputs = size.at(-1) ?? 0;
  const waved = numbersIn(options.inputs) ?? Array.from({ length: inputs }, (_, i) => i);
  if (waved.some((input) => !(input < inputs)))
    throw damagedNetwork(path, `has waves of inputs that are not among ${inputs}`);
  const count = number("count");
  const [frequency, phase] = [array("frequency", [waved.length, count]), array("phase", [waved.length, count])];
  const width = inputs + waved.length * count;
  const output = new Float64Array((elementsOf(size) / Math.max(1, inputs)) * width);
  return {
    shape: size.with(-1, width),
    run: (x) => {
      for (let to = 0, from = 0; to < output.length; to += width, from += inputs) {
        output.set(x.subarray(from, from + inputs), to);
        for (let wave = 0; wave < frequency.length; wave++) {
          const value = x[from + (waved[Math.floor(wave / count)] as number)] as number;
          output[to + inputs + wave] = Math.cos(value * (frequency[wave] as number) + (phase[wave] as number));
        }
      }
      return output;
    },
  };
};

/** A learned row for each code; zeros for the code that stands for nothing, and for codes that are none. */
const embedding: PlainMaker = ({ size, options, number, array }) => {
  const [count, units] = [number("count"), number("units")];
  const table = array("table", [count, units]);
  const output = new Float64Array(elementsOf(size) * units);
  return {
    shape: [...size, units],
    run: (x) => {
      for (let i = 0; i < x.length; i++) {
        const code = Math.trunc(x[i] as number);
        if (code >= 0 && code < count && code !== options.padding)
          output.set(table.subarray(code * units, (code + 1) * units), i * units);
        else output.fill(0, i * units, (i + 1) * units);
      }
      return output;
    },
  };
};

/** Features that are no codes, and after them the mean, or the weighted sum, of a learned row for each code. */
const embeddingBag: PlainMaker = ({ size: [width = 0], options, path, number, array }) => {
  const [count, units, from] = [number("count"), number("units"), number("from", 0)];
  const weighted = options.weighted === true;
  const length = number("length", Math.floor((width - from) / (weighted ? 2 : 1)));
  const end = from + (weighted ? 2 : 1) * length;
  if (end > width) throw damagedNetwork(path, `takes features up to ${end - 1}, and examples have ${width}`);
  const table = array("table", [count, units]);
  const others = from + (width - end);
  const output = new Float64Array(others + units);
  return {
    shape: [output.length],
    run: (x) => {
      output.fill(0);
      output.set(x.subarray(0, from));
      output.set(x.subarray(end), from);
      let present = 0;
      for (let i = 0; i < length; i++) {
        const code = Math.trunc(x[from + i] as number);
        if (code > 0) present++;
        if (!(code >= 1 && code <= count)) continue;
        const share = weighted ? (x[from + length + i] as number) : 1;
        for (let unit = 0; unit < units; unit++)
          output[others + unit] =
            (output[others + unit] as number) + share * (table[(code - 1) * units + unit] as number);
      }
      if (!weighted)
        for (let at = others; at < output.length; at++) output[at] = (output[at] as number) / Math.max(1, present);
      return output;
    },
  };
};

/** Some features through layers of their own, which stand after the others. */
const featureBranch: PlainMaker = (saved) => {
  const { size, options, path, number } = saved;
  const [width = 0] = size;
  const [from, length] = [number("from", 0), number("length")];
  const to = from + length;
  if (size.length !== 1 || to > width)
    throw damagedNetwork(path, `takes features up to ${to - 1} of ${showShape(size)}`);
  const form = numbersIn(options.shape) ?? [length];
  if (elementsOf(form) !== length) throw damagedNetwork(path, `takes ${length} features as ${showShape(form)}`);
  const inner = inSequence({ ...saved, size: form }, options.layers);
  const [units = 0, ...more] = inner.shape;
  if (more.length > 0) throw damagedNetwork(path, `gives ${showShape(inner.shape)}, which is no vector`);
  const output = new Float64Array(width - length + units);
  return {
    shape: [output.length],
    run: (x) => {
      output.set(x.subarray(0, from));
      output.set(x.subarray(to), from);
      output.set(inner.run(x.subarray(from, to)), width - length);
      return output;
    },
  };
};

/** x + f(x) */
const residual: PlainMaker = (saved) => {
  const inner = inSequence(saved, saved.options.layers);
  if (!sameShape(inner.shape, saved.size))
    throw damagedNetwork(saved.path, `adds ${showShape(inner.shape)} to ${showShape(saved.size)}`);
  const output = new Float64Array(elementsOf(saved.size));
  return {
    shape: saved.size,
    run: (x) => {
      const given = inner.run(x);
      for (let i = 0; i < output.length; i++) output[i] = (x[i] as number) + (given[i] as number);
      return output;
    },
  };
};

/** The mean of what the members answer, as outputs that give it. */
const ensemble: PlainMaker = ({ size, options, path, inside }) => {
  const { members, loss = null, of = "answers" } = options;
  if (!Array.isArray(members) || members.length === 0) throw damagedNetwork(path, "has no members");
  const made = members.map((member, i) => inside(`member${i + 1}`, member, size));
  const shape = made[0]?.shape ?? [];
  if (made.some((one) => !sameShape(one.shape, shape)))
    throw damagedNetwork(path, "has members that answer with other shapes");
  const { answer, outputFor } = plainAnswers(loss, `${path === "" ? "" : `${path}.`}loss`);
  const share = Math.fround(1 / made.length);
  const [output, own] = [new Float64Array(elementsOf(shape)), new Float64Array(elementsOf(shape))];
  return {
    shape,
    run: (x) => {
      output.fill(0);
      for (const { run } of made) {
        own.set(run(x));
        if (of === "answers") answer(own);
        else if (of === "votes") toVotes(own);
        for (let i = 0; i < output.length; i++) output[i] = (output[i] as number) + (own[i] as number);
      }
      for (let i = 0; i < output.length; i++) output[i] = (output[i] as number) * share;
      if (of !== "outputs") outputFor(output);
      return output;
    },
  };
};

/** A one at the largest, the first of equals, and zeros elsewhere. */
function toVotes(x: Float64Array): void {
  let best = 0;
  for (let i = 1; i < x.length; i++) if ((x[i] as number) > (x[best] as number)) best = i;
  x.fill(0);
  x[best] = 1;
}

function numbersIn(value: Json | undefined): readonly number[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === "number")
    ? (value as readonly number[])
    : undefined;
}

/** Beyond this size of x, a normal distribution function is 0 or 1. */
const TAIL = 40;

/** As float32, in which graphs hold their constants. */
const ROOT_HALF = Math.fround(Math.SQRT1_2);

/** Each kind by the name that data calls it. */
export const plainLayers: { readonly [kind: string]: PlainMaker } = {
  chain: (saved) => inSequence(saved, saved.options.layers),
  dense,
  relu: each(() => (x) => Math.max(x, 0)),
  leakyRelu: each(({ number }) => {
    const slope = number("slope", LEAKY_SLOPE);
    return (x) => (x > 0 ? x : x * slope);
  }),
  elu: each(({ number }) => {
    const alpha = number("alpha", ELU_ALPHA);
    return (x) => (x > 0 ? x : Math.expm1(x) * alpha);
  }),
  gelu: each(() => (x) => Math.max(x, -TAIL) * 0.5 * (errorFunction(Math.min(x, TAIL) * ROOT_HALF) + 1)),
  sigmoid: each(() => sigmoidOf),
  tanh: each(() => Math.tanh),
  identity: same,
  softmax: (saved) => inRows(saved, toShares),
  dropout: same,
  spatialDropout: same,
  flatten: ({ size }) => ({ shape: [elementsOf(size)], run: (x) => x }),
  batchNorm,
  layerNorm,
  periodic,
  embedding,
  embeddingBag,
  featureBranch,
  residual,
  ensemble,
};
