/** Changes of what an example holds. */
import { elementsOf } from "../../array/shape.ts";
import { number } from "../../base/field.ts";
import { normal } from "../../base/random.ts";
import { imageSize } from "./augmentation.ts";
import { augmentation } from "./augmentation-kind.ts";

// more than any example is likely to need, and small enough to stay in a cache
const BANK = 2 ** 15;

/** Adds normal noise to every number; `deviation` is in the unit of the inputs, which after scaling is their own. */
export const noise = augmentation(
  "noise",
  {
    deviation: number({
      atLeast: 0,
      default: 0.1,
      source: "a tenth of the deviation of standardized inputs",
      help: "the standard deviation, in the unit of the inputs",
    }),
  },
  ({ deviation }) => ({
    init: (shape, key) => {
      const width = elementsOf(shape);
      const bank = Float32Array.from(normal(key, BANK), (z) => z * deviation);
      const mask = BANK - 1;
      return {
        alter: (data, at, draws) => {
          // an independent walk through the bank: any start, any odd stride, either sign
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
  }),
  { help: "Gaussian noise on every number" },
);

/** Makes an example brighter or darker as a whole, and its differences larger or smaller. */
export const brightness = augmentation(
  "brightness",
  {
    by: number({
      atLeast: 0,
      default: 0.1,
      source: "a tenth of the deviation of standardized inputs",
      help: "the largest change of brightness, in the unit of the inputs",
    }),
    contrast: number({
      atLeast: 0,
      below: 1,
      default: 0,
      source: "off",
      help: "the largest relative change of contrast",
    }),
  },
  ({ by, contrast }) => ({
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
  }),
  { help: "random brightness and contrast" },
);

/** Covers a square at a random place, part of it perhaps beyond the edge (DeVries and Taylor, arXiv 1708.04552). */
export const cutout = augmentation(
  "cutout",
  {
    size: number({
      above: 0,
      atMost: 1,
      default: 0.25,
      source: "DeVries and Taylor 2017: 8 of 32 pixels and more",
      help: "the side of the square, as a share of the image's shorter side",
    }),
    value: number({
      default: 0,
      source: "the mean of scaled inputs",
      help: "the value that fills it, in the unit of the inputs",
    }),
    probability: number({
      atLeast: 0,
      atMost: 1,
      default: 1,
      source: "DeVries and Taylor 2017",
      help: "the probability",
    }),
  },
  ({ size, value, probability }) => ({
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
  }),
  { help: "covers a random square (cutout)" },
);
