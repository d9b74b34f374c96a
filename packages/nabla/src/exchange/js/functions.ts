/** The functions of an exported file, as text: what a network does not need is not written. Examples go through one by one. */

/** A function's code, and the functions that it calls. */
export interface Snippet {
  readonly code: string;
  readonly needs?: readonly string[];
}

const each = (name: string, says: string, expression: string): Snippet => ({
  code: `/** ${says} */
function ${name}(x) {
  return x.map((value) => ${expression});
}`,
});

export const snippets: Readonly<Record<string, Snippet>> = {
  dense: {
    code: `/** x·W + b along the last axis, with W [inputs, units]. */
function dense(x, weights, bias, units) {
  const inputs = weights.length / units;
  const y = new Float64Array((x.length / inputs) * units);
  for (let from = 0, to = 0; from < x.length; from += inputs, to += units) {
    if (bias) y.set(bias, to);
    for (let i = 0; i < inputs; i++) {
      const value = x[from + i];
      if (value === 0) continue;
      for (let unit = 0; unit < units; unit++) y[to + unit] += value * weights[i * units + unit];
    }
  }
  return y;
}`,
  },
  convolve: {
    code: `/** Windows of [height, width, channels] times weights [...size, channels / groups, filters]; outside lie zeros. */
function convolve(x, weights, bias, { shape, positions, size, stride, dilation, before, filters, groups }) {
  const [height, width, channels] = shape;
  const [rows, columns] = positions;
  const [from, to] = [channels / groups, filters / groups];
  const y = new Float64Array(rows * columns * filters);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = (row * columns + column) * filters;
      if (bias) y.set(bias, at);
      for (let i = 0; i < size[0]; i++) {
        const down = row * stride[0] + i * dilation[0] - before[0];
        if (down < 0 || down >= height) continue;
        for (let j = 0; j < size[1]; j++) {
          const along = column * stride[1] + j * dilation[1] - before[1];
          if (along < 0 || along >= width) continue;
          for (let channel = 0; channel < channels; channel++) {
            const value = x[(down * width + along) * channels + channel];
            const group = Math.floor(channel / from);
            const weight = ((i * size[1] + j) * from + (channel % from)) * filters;
            for (let f = group * to; f < (group + 1) * to; f++) y[at + f] += value * weights[weight + f];
          }
        }
      }
    }
  }
  return y;
}`,
  },
  pool: {
    code: `/** One number for each window and channel: the largest, or the mean, for which zeros around count. */
function pool(x, largest, { shape, positions, size, stride, before }) {
  const [height, width, channels] = shape;
  const [rows, columns] = positions;
  const y = new Float64Array(rows * columns * channels).fill(largest ? -Infinity : 0);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < size[0]; i++) {
        const down = row * stride[0] + i - before[0];
        if (down < 0 || down >= height) continue;
        for (let j = 0; j < size[1]; j++) {
          const along = column * stride[1] + j - before[1];
          if (along < 0 || along >= width) continue;
          for (let channel = 0; channel < channels; channel++) {
            const at = (row * columns + column) * channels + channel;
            const value = x[(down * width + along) * channels + channel];
            y[at] = largest ? Math.max(y[at], value) : y[at] + value / (size[0] * size[1]);
          }
        }
      }
    }
  }
  return y;
}`,
  },
  globalMean: {
    code: `/** The mean of each channel over all places. */
function globalMean(x, channels) {
  const y = new Float64Array(channels);
  for (let i = 0; i < x.length; i++) y[i % channels] += (x[i] * channels) / x.length;
  return y;
}`,
  },
  batchNorm: {
    code: `/** (x - mean) / sqrt(variance + epsilon) * scale + shift for each feature, by what was observed in training. */
function batchNorm(x, { mean, variance, scale, shift, epsilon }) {
  return x.map((value, i) => {
    const f = i % mean.length;
    return ((value - mean[f]) / Math.sqrt(variance[f] + epsilon)) * scale[f] + shift[f];
  });
}`,
  },
  layerNorm: {
    code: `/** Zero mean and unit variance over the last axis, then a scale and a shift. */
function layerNorm(x, { scale, shift, epsilon }) {
  const n = scale.length;
  const y = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += n) {
    let [mean, variance] = [0, 0];
    for (let i = 0; i < n; i++) mean += x[from + i] / n;
    for (let i = 0; i < n; i++) variance += (x[from + i] - mean) ** 2 / n;
    const deviation = Math.sqrt(variance + epsilon);
    for (let i = 0; i < n; i++) y[from + i] = ((x[from + i] - mean) / deviation) * scale[i] + shift[i];
  }
  return y;
}`,
  },
  embed: {
    code: `/** The row of a table for each code; zeros for a code outside. */
function embed(x, table, units) {
  const y = new Float64Array(x.length * units);
  x.forEach((value, i) => {
    const from = Math.trunc(value) * units;
    if (from >= 0 && from < table.length) y.set(table.subarray(from, from + units), i * units);
  });
  return y;
}`,
  },
  add: {
    code: `/** The sum of two lists. */
function add(a, b) {
  return a.map((value, i) => value + b[i]);
}`,
  },
  mean: {
    code: `/** The mean of several lists. */
function mean(lists) {
  return lists[0].map((_, i) => lists.reduce((sum, list) => sum + list[i] / lists.length, 0));
}`,
  },
  vote: {
    code: `/** A one at the largest number of each group of so many. */
function vote(x, classes) {
  return x.map((value, i) => {
    const from = i - (i % classes);
    return Number(x.subarray(from, from + classes).indexOf(Math.max(...x.subarray(from, from + classes))) === i - from);
  });
}`,
  },
  relu: each("relu", "max(x, 0)", "Math.max(value, 0)"),
  leakyRelu: {
    code: `/** x above 0 and slope·x below. */
function leakyRelu(x, slope) {
  return x.map((value) => (value > 0 ? value : value * slope));
}`,
  },
  elu: {
    code: `/** x above 0 and alpha·(e^x - 1) below. */
function elu(x, alpha) {
  return x.map((value) => (value > 0 ? value : alpha * Math.expm1(value)));
}`,
  },
  gelu: {
    ...each("gelu", "x·Φ(x), with the normal distribution function Φ.", "(value * (1 + erf(value / Math.SQRT2))) / 2"),
    needs: ["erf"],
  },
  erf: {
    code: `/** The error function, to about 1e-15: its series near 0, a continued fraction beyond. */
function erf(x) {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let [term, sum] = [size, size];
    for (let n = 1; Math.abs(term) > 1e-17; n++) {
      term *= -(size * size) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-size * size) / (fraction * Math.sqrt(Math.PI)));
}`,
  },
  sigmoid: each("sigmoid", "1 / (1 + e^-x)", "1 / (1 + Math.exp(-value))"),
  tanh: each("tanh", "The hyperbolic tangent.", "Math.tanh(value)"),
  softmax: {
    code: `/** Shares that sum to 1, in groups of so many. */
function softmax(x, classes) {
  const y = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += classes) {
    const group = x.subarray(from, from + classes);
    const top = Math.max(...group);
    const total = group.reduce((sum, value) => sum + Math.exp(value - top), 0);
    group.forEach((value, i) => {
      y[from + i] = Math.exp(value - top) / total;
    });
  }
  return y;
}`,
  },
  logarithm: each("logarithm", "Logits whose softmax are these shares.", "Math.log(Math.max(value, 1e-30))"),
  logit: each(
    "logit",
    "Logits whose sigmoid are these probabilities.",
    "Math.log(Math.max(value, 1e-30)) - Math.log(Math.max(1 - value, 1e-30))",
  ),
};
