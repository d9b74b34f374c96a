/** The functions of an exported file, as text: what a network does not need is not written. Examples go through one by one. */

const functions: Readonly<Record<string, string>> = {
  dense: `/** x·W + b along the last axis, with W [inputs, units]. */
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
  products: `/** The products of matrices x [rows, inner] and y [inner, columns], of one stack and the other. */
function products(x, y, [rows, inner, columns]) {
  const part = (list, i, size) => list.subarray(i * size, (i + 1) * size);
  const stacks = Array.from({ length: x.length / (rows * inner) }, (_, i) =>
    dense(part(x, i, rows * inner), part(y, i, inner * columns), undefined, columns),
  );
  return joined(stacks);
}`,
  convolve: `/** A dense layer on what lies under each position of a window. */
function convolve(x, weights, bias, filters, window) {
  return joined(Array.from(windows(x, window), (rows) => dense(rows, weights, bias, filters)));
}`,
  joined: `/** Lists of one length as one list. */
function joined(lists) {
  const all = new Float64Array(lists.length * lists[0].length);
  lists.forEach((list, i) => all.set(list, i * list.length));
  return all;
}`,
  windows: `/** What lies under each position of a window over x [height, width, channels], a list for each row of positions. */
function* windows(x, { shape: [height, width, channels], size, stride = [1, 1], dilation = [1, 1] }) {
  const [tall, wide] = [(size[0] - 1) * dilation[0], (size[1] - 1) * dilation[1]];
  for (let top = 0; top + tall < height; top += stride[0]) {
    const list = new Float64Array(Math.ceil((width - wide) / stride[1]) * size[0] * size[1] * channels);
    let to = 0;
    for (let left = 0; left + wide < width; left += stride[1]) {
      for (let i = 0; i < size[0]; i++) {
        for (let j = 0; j < size[1]; j++) {
          const from = ((top + i * dilation[0]) * width + left + j * dilation[1]) * channels;
          for (let channel = 0; channel < channels; channel++) list[to++] = x[from + channel];
        }
      }
    }
    yield list;
  }
}`,
  pad: `/** So many numbers before and after each block of x. */
function pad(x, block, before, after, value = 0) {
  const size = before + block + after;
  const y = new Float64Array((x.length / block) * size).fill(value);
  for (let from = 0, to = before; from < x.length; from += block, to += size) y.set(x.subarray(from, from + block), to);
  return y;
}`,
  sum: `/** The sum of every so many numbers that lie a step apart. */
function sum(x, count, step) {
  return reduce(x, count, step, 0, (total, value) => total + value);
}`,
  mean: `/** The mean of every so many numbers that lie a step apart. */
function mean(x, count, step) {
  return reduce(x, count, step, 0, (total, value) => total + value / count);
}`,
  largest: `/** The largest of every so many numbers that lie a step apart. */
function largest(x, count, step) {
  return reduce(x, count, step, -Infinity, Math.max);
}`,
  reduce: `/** One number for every so many that lie a step apart. */
function reduce(x, count, step, start, join) {
  const y = new Float64Array(x.length / count).fill(start);
  for (let i = 0; i < x.length; i++) {
    const to = Math.floor(i / (step * count)) * step + (i % step);
    y[to] = join(y[to], x[i]);
  }
  return y;
}`,
  argmax: `/** Where the largest of every so many numbers is that lie a step apart. */
function argmax(x, count, step) {
  return Float64Array.from({ length: x.length / count }, (_, i) => {
    const from = Math.floor(i / step) * step * count + (i % step);
    let best = 0;
    for (let at = 1; at < count; at++) if (x[from + at * step] > x[from + best * step]) best = at;
    return best;
  });
}`,
  softmax: `/** Shares that sum to 1, in groups of so many. */
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
  gather: `/** The row of a table for each code; zeros for a code outside. */
function gather(table, codes, width) {
  const y = new Float64Array(codes.length * width);
  codes.forEach((code, i) => {
    if (code >= 0) y.set(table.subarray(code * width, (code + 1) * width), i * width);
  });
  return y;
}`,
  concat: `/** Blocks of a and blocks of b, one after the other. */
function concat(a, block, b, other) {
  const y = new Float64Array(a.length + b.length);
  for (let i = 0; i < a.length / block; i++) {
    y.set(a.subarray(i * block, (i + 1) * block), i * (block + other));
    y.set(b.subarray(i * other, (i + 1) * other), i * (block + other) + block);
  }
  return y;
}`,
  softplus: `/** log(1 + e^x) without overflow. */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}`,
  erf: `/** The error function, to about 1e-15: its series near 0, a continued fraction beyond. */
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
};

/** The functions that code calls, methods left aside, and those that they call. */
export function functionsFor(code: string): readonly string[] {
  const needed = new Set<string>();
  const look = (text: string): void => {
    for (const [name, own] of Object.entries(functions)) {
      if (needed.has(own) || !new RegExp(`(?<!\\w|[^.]\\.)${name}\\(`).test(text)) continue;
      needed.add(own);
      look(own);
    }
  };
  look(code);
  return [...needed];
}
