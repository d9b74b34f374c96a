/** Changes that move a whole image: adjacent ones in a list are composed into one, and pixels are interpolated once. */
import { number, word } from "../../base/field.ts";
import { type AffineMap, scaleMap, shiftBy, turn } from "./affine-map.ts";
import { type Augmentation, type ImageSize, imageSize } from "./augmentation.ts";
import { augmentation } from "./augmentation-kind.ts";
import type { Draws } from "./draws.ts";

/** A mirror image, for things that are as often seen from the other side; letters and digits are not. */
export const flip = augmentation(
  "flip",
  {
    axis: word(["horizontal", "vertical"], {
      default: "horizontal",
      source: "photographs",
      help: "horizontal swaps left and right, vertical top and bottom",
    }),
    probability: number({
      atLeast: 0,
      atMost: 1,
      default: 0.5,
      source: "both sides equally often",
      help: "the probability",
    }),
  },
  ({ axis, probability }) => {
    const [x, y] = axis === "horizontal" ? [-1, 1] : [1, -1];
    const flipped = moving("flip", (map, draws) => {
      if (draws.uniform() < probability) scaleMap(map, x, y);
    });
    return { ...flipped, turns: [axis] };
  },
  { help: "mirror images" },
);

/** Moves by up to `by` of the width and height, to any side; what comes in is the edge going on. */
export const shift = augmentation(
  "shift",
  {
    by: number({
      atLeast: 0,
      atMost: 1,
      default: 0.1,
      source: "Keras' examples",
      help: "the largest shift, as a fraction of width and height",
    }),
  },
  ({ by }) =>
    moving("shift", (map, draws, { width, height }) =>
      shiftBy(map, draws.within(by * width), draws.within(by * height)),
    ),
  { help: "random shifts" },
);

/** Shows a random part, at least `least` of each side, at the full size. */
export const crop = augmentation(
  "crop",
  {
    least: number({
      above: 0,
      atMost: 1,
      default: 0.85,
      source: "a mild crop",
      help: "the smallest crop, as a fraction of each side",
    }),
  },
  ({ least }) =>
    moving("crop", (map, draws, { width, height }) => {
      const part = 1 - draws.uniform() * (1 - least);
      scaleMap(map, 1 / part, 1 / part);
      // the window ends where the image ends
      const rest = (1 - part) / part / 2;
      shiftBy(map, draws.within(rest * (width - 1)), draws.within(rest * (height - 1)));
    }),
  { help: "random crops, resized to the full size" },
);

/** Turns by up to so many degrees to either side. */
export const rotate = augmentation(
  "rotate",
  {
    degrees: number({
      atLeast: 0,
      atMost: 180,
      default: 10,
      source: "Keras' examples",
      help: "the largest angle in degrees, to either side",
    }),
  },
  ({ degrees }) => {
    const rotated = moving("rotate", (map, draws) => turn(map, (draws.within(degrees) * Math.PI) / 180));
    return degrees > 90 ? { ...rotated, turns: ["half"] } : rotated;
  },
  { help: "random rotations" },
);

/** Shows things up to `by` times as large or as small. */
export const scale = augmentation(
  "scale",
  {
    by: number({
      atLeast: 1,
      default: 1.1,
      source: "Keras' examples",
      help: "the largest factor of zooming in or out",
    }),
  },
  ({ by }) =>
    moving("scale", (map, draws) => {
      const factor = Math.exp(draws.within(Math.log(by)));
      scaleMap(map, factor, factor);
    }),
  { help: "random zoom" },
);

type Move = (map: AffineMap, draws: Draws, size: ImageSize) => void;

function moving(kind: string, move: Move): Pick<Augmentation, "init"> {
  return {
    init: (shape) => {
      const size = imageSize(kind, shape);
      return { move: (map, draws) => move(map, draws, size) };
    },
  };
}
