import { number } from "../../base/field.ts";
import { type Key, uniform } from "../../base/random.ts";
import { imageSize } from "./augmentation.ts";
import { augmentation } from "./augmentation-kind.ts";

/**
 * Moves pixels as if the image were drawn on rubber: noise from -1 to 1, smoothed by a Gaussian and multiplied by
 * alpha, gives for every pixel the displacement of its source (Simard, Steinkraus and Platt, ICDAR 2003). It makes
 * handwriting of other hands out of handwriting. One large smoothed field whose edges meet is drawn once; each image
 * takes its own window of it, which is as random and spares the smoothing of two fields an image.
 */
export const elasticDistortion = augmentation(
  "elasticDistortion",
  {
    alpha: number({
      atLeast: 0,
      optional: true,
      help: "how far pixels move: the factor (alpha) on the smoothed noise; default 34 for 28 pixels, in proportion to the size",
    }),
    sigma: number({
      above: 0,
      optional: true,
      unit: "pixels",
      help: "how smooth the displacement is: the standard deviation (sigma) of the Gaussian; default 4 for 28 pixels, in proportion to the size",
    }),
  },
  (options) => ({
    init: (shape, key) => {
      const { height, width } = imageSize("elasticDistortion", shape);
      const side = Math.min(height, width) / 28;
      // what moves by a part of its size moves by noise of that deviation, which falls with sigma
      const { alpha = 34 * side * side, sigma = 4 * side } = options;
      const length = 2 ** Math.max(7, Math.ceil(Math.log2(2 * Math.max(height, width))));
      const line = length + width;
      const field = continued(smoothNoise(key, { length, sigma, alpha }), length, line);
      const mask = length - 1;
      const window = (into: Float32Array, word: number): void => {
        const [left, top] = [word & mask, (word >>> 16) & mask];
        let to = 0;
        for (let y = 0; y < height; y++) {
          const from = ((top + y) & mask) * line + left;
          for (let x = 0; x < width; x++) {
            into[to] = (into[to] ?? 0) + (field[from + x] ?? 0);
            to++;
          }
        }
      };
      return {
        displace: ({ x, y }, draws) => {
          window(x, draws.word());
          window(y, draws.word());
        },
      };
    },
  }),
  { help: "elastic distortion (Simard et al. 2003)" },
);

/** Lines that wrap around, so that no window extends past their end. */
function continued(field: Float32Array, length: number, line: number): Float32Array {
  const into = new Float32Array(length * line);
  for (let y = 0; y < length; y++) {
    const from = y * length;
    into.set(field.subarray(from, from + length), y * line);
    into.set(field.subarray(from, from + line - length), y * line + length);
  }
  return into;
}

interface NoiseOptions {
  /** A power of two. */
  readonly length: number;
  readonly sigma: number;
  readonly alpha: number;
}

/** [length, length] of uniform noise from -1 to 1, smoothed around the edges. */
function smoothNoise(key: Key, { length, sigma, alpha }: NoiseOptions): Float32Array {
  const noise = Float32Array.from(uniform(key, length * length), (u) => (2 * u - 1) * alpha);
  const reach = Math.min(Math.ceil(3 * sigma), length / 2 - 1);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const kernel = Float64Array.from(weights, (weight) => weight / total);
  const once = smoothed(noise, { length, kernel, step: 1, lines: length });
  return smoothed(once, { length, kernel, step: length, lines: 1 });
}

interface Smoothing {
  readonly length: number;
  readonly kernel: Float64Array;
  /** From one number of a line to the next, and from one line to the next. */
  readonly step: number;
  readonly lines: number;
}

function smoothed(from: Float32Array, { length, kernel, step, lines }: Smoothing): Float32Array {
  const mask = length - 1;
  const reach = (kernel.length - 1) / 2;
  const into = new Float32Array(from.length);
  for (let line = 0; line < length; line++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) {
        sum += (kernel[k] ?? 0) * (from[line * lines + ((i + k - reach) & mask) * step] ?? 0);
      }
      into[line * lines + i * step] = sum;
    }
  }
  return into;
}
