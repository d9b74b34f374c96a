/** Changes of what an example holds. */
import { elementsOf } from "../../array/shape.ts";
import { given } from "../../base/described.ts";
import { inRange } from "../../base/fields.ts";
import { normal } from "../../base/random.ts";
import { type Augmentation, imageSize } from "./augmentation.ts";

// more than any example is likely to need, and small enough to stay in a cache
const BANK = 2 ** 15;

/** Adds normal noise to every number; `deviation` is in the unit of the inputs, which after scaling is their own. Default 0.1. */
export function noise(options: { readonly deviation?: number } = {}): Augmentation {
  const deviation = inRange("deviation", options.deviation ?? 0.1, { atLeast: 0 });
  return {
    kind: "noise",
    options: given({ ...options }),
    init: (shape, key) => {
      const width = elementsOf(shape);
      const bank = Float32Array.from(normal(key, BANK), (z) => z * deviation);
      const mask = BANK - 1;
      return {
        alter: (data, at, draws) => {
          // a walk of its own through the bank: any beginning, any odd stride, either sign
          const word = draws.word();
          const stride = ((word >>> 14) & mask) | 1;
          const sign = word >>> 31 === 0 ? 1 : -1;
          let from = word & mask;
          for (let i = at; i < at + width; i++) {
            data[i] = (data[i] ?? 0) + sign * (bank[from] ?? 0);
            from = (from + stride) & mask;
          }
        },
      };
    },
  };
}

export interface BrightnessOptions {
  /** What is added to all numbers, at most, in the unit of the inputs. Default 0.1. */
  readonly by?: number;
  /** By what share all numbers are made larger or smaller, at most. Default 0. */
  readonly contrast?: number;
}

/** Makes an example brighter or darker as a whole, and its differences larger or smaller. */
export function brightness(options: BrightnessOptions = {}): Augmentation {
  const by = inRange("by", options.by ?? 0.1, { atLeast: 0 });
  const contrast = inRange("contrast", options.contrast ?? 0, { atLeast: 0, below: 1 });
  return {
    kind: "brightness",
    options: given({ ...options }),
    init: (shape) => {
      const width = elementsOf(shape);
      return {
        alter: (data, at, draws) => {
          const more = draws.within(by);
          const factor = 1 + draws.within(contrast);
          for (let i = at; i < at + width; i++) data[i] = (data[i] ?? 0) * factor + more;
        },
      };
    },
  };
}

export interface CutoutOptions {
  /** The side of the square, as a share of the image's shorter side. Default 0.25. */
  readonly size?: number;
  /** What is put there, in the unit of the inputs. Default 0, the mean of scaled ones. */
  readonly value?: number;
  /** How often. Default 1. */
  readonly probability?: number;
}

/** Covers a square at a random place, part of it perhaps beyond the edge (DeVries and Taylor, arXiv 1708.04552). */
export function cutout(options: CutoutOptions = {}): Augmentation {
  const size = inRange("size", options.size ?? 0.25, { above: 0, atMost: 1 });
  const value = inRange("value", options.value ?? 0, {});
  const probability = inRange("probability", options.probability ?? 1, { atLeast: 0, atMost: 1 });
  return {
    kind: "cutout",
    options: given({ ...options }),
    init: (shape) => {
      const { height, width, channels } = imageSize("cutout", shape);
      const side = Math.max(1, Math.round(size * Math.min(height, width)));
      return {
        alter: (data, at, draws) => {
          if (draws.uniform() >= probability) return;
          const left = Math.floor(draws.uniform() * width - (side - 1) / 2);
          const top = Math.floor(draws.uniform() * height - (side - 1) / 2);
          const [from, to] = [Math.max(0, left), Math.min(width, left + side)];
          for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
            const line = at + y * width * channels;
            data.fill(value, line + from * channels, line + to * channels);
          }
        },
      };
    },
  };
}
