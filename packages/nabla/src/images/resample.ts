/** Pictures at another size, as the command makes them by libvips: https://www.libvips.org/API/current/method.Image.resize.html */

/** Numbers [height, width, channels] from 0 to 255. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Uint8ClampedArray;
}

/** Stretched to a size: means of whole pixels down to twice of it, Lanczos' kernel from there on, and cubic pieces where a side grows. */
export function resample(pixels: Pixels, height: number, width: number): Pixels {
  const { channels } = pixels;
  const [rows, columns] = [Math.min(height, pixels.height), Math.min(width, pixels.width)];
  const flat = reduced(pixels.data, { before: 1, length: pixels.height, stride: pixels.width * channels }, rows);
  const small = reduced(flat, { before: rows, length: pixels.width, stride: channels }, columns);
  if (rows === height && columns === width) return { height, width, channels, data: small };
  const tall = { before: 1, length: rows, stride: columns * channels };
  const wide = { before: height, length: columns, stride: channels };
  const grown = weighed(weighed(small, tall, enlarging(rows, height)), wide, enlarging(columns, width));
  return { height, width, channels, data: Uint8ClampedArray.from(grown) };
}

/** An axis of numbers: so many times `length` items, each of `stride` numbers. */
interface Axis {
  readonly before: number;
  readonly length: number;
  readonly stride: number;
}

function reduced(data: Uint8ClampedArray, axis: Axis, to: number): Uint8ClampedArray {
  const { length } = axis;
  if (length === to) return data;
  const whole = Math.max(1, Math.floor(length / to / 2));
  const shrunk = Math.ceil(length / whole);
  const rounded = (weighing: Weighing, from: Axis, numbers: Uint8ClampedArray): Uint8ClampedArray =>
    Uint8ClampedArray.from(weighed(numbers, from, weighing));
  const means: Weighing = { to: shrunk, of: (i) => [i * whole, new Array<number>(whole).fill(1 / whole)] };
  const small = whole === 1 ? data : rounded(means, axis, data);
  return rounded(reducing(to, length / to / whole), { ...axis, length: shrunk }, small);
}

/** What each item of an axis is made of: the first item that counts, and the weights from there on. */
interface Weighing {
  readonly to: number;
  readonly of: (i: number) => readonly [first: number, weights: readonly number[]];
}

/** Lanczos' kernel of three lobes, as wide as what one item stands for. */
function reducing(to: number, factor: number): Weighing {
  const taps = 2 * Math.ceil(3 * factor);
  return {
    to,
    of: (i) => {
      const center = rounded64((i + 0.5) * factor - 0.5);
      const first = Math.floor(center) - taps / 2 + 1;
      const weights = Array.from({ length: taps }, (_, k) => lanczos((first + k - center) / factor));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return [first, weights.map((weight) => weight / sum)];
    },
  };
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const at = Math.PI * x;
  return (3 * Math.sin(at) * Math.sin(at / 3)) / (at * at);
}

/** Places between items are told apart to a 64th. */
function rounded64(place: number): number {
  return Math.round(place * 64) / 64;
}

/** Catmull and Rom's cubic pieces. */
function enlarging(length: number, to: number): Weighing {
  return {
    to,
    of: (i) => {
      const center = rounded64((i * length) / to - 0.5);
      const t = center - Math.floor(center);
      const weights = [
        -0.5 * t ** 3 + t ** 2 - 0.5 * t,
        1.5 * t ** 3 - 2.5 * t ** 2 + 1,
        -1.5 * t ** 3 + 2 * t ** 2 + 0.5 * t,
        0.5 * t ** 3 - 0.5 * t ** 2,
      ];
      return [Math.floor(center) - 1, weights];
    },
  };
}

/** Items beyond an end are those at it. */
function weighed(data: ArrayLike<number>, { before, length, stride }: Axis, { to, of }: Weighing): Float64Array {
  const result = new Float64Array(before * to * stride);
  for (let i = 0; i < to; i++) {
    const [first, weights] = of(i);
    for (let outer = 0; outer < before; outer++) {
      const into = (outer * to + i) * stride;
      for (let k = 0; k < weights.length; k++) {
        const from = (outer * length + Math.min(length - 1, Math.max(0, first + k))) * stride;
        const weight = weights[k] as number;
        for (let at = 0; at < stride; at++)
          result[into + at] = (result[into + at] as number) + weight * (data[from + at] as number);
      }
    }
  }
  return result;
}
