/** Changes that move a whole image: all that stand side by side in a list become one move, and pixels are mixed once. */
import { given } from "../../base/described.ts";
import { inRange, oneOf } from "../../base/fields.ts";
import { type AffineMap, shiftBy, stretch, turn } from "./affine-map.ts";
import { type Augmentation, type ImageSize, imageSize } from "./augmentation.ts";
import type { Draws } from "./draws.ts";

export const AXES = ["horizontal", "vertical"] as const;

export interface FlipOptions {
  /** Horizontal, the default, swaps left and right. */
  readonly axis?: (typeof AXES)[number];
  /** How often. Default 0.5. */
  readonly probability?: number;
}

/** A mirror image, for things that are as often seen from the other side; letters and digits are not. */
export function flip(options: FlipOptions = {}): Augmentation {
  const { axis = "horizontal", probability = 0.5 } = options;
  oneOf("axis", axis, AXES);
  inRange("probability", probability, { atLeast: 0, atMost: 1 });
  const [x, y] = axis === "horizontal" ? [-1, 1] : [1, -1];
  const flipped = moving("flip", given({ ...options }), (map, draws) => {
    if (draws.uniform() < probability) stretch(map, x, y);
  });
  return { ...flipped, turns: [axis] };
}

/** Moves by up to `by` of the width and height, to any side. Default 0.1; what comes in is the edge going on. */
export function shift(options: { readonly by?: number } = {}): Augmentation {
  const by = inRange("by", options.by ?? 0.1, { atLeast: 0, atMost: 1 });
  return moving("shift", given({ ...options }), (map, draws, { width, height }) =>
    shiftBy(map, draws.within(by * width), draws.within(by * height)),
  );
}

/** Shows a random part, at least `least` of each side, at the full size. Default 0.85. */
export function crop(options: { readonly least?: number } = {}): Augmentation {
  const least = inRange("least", options.least ?? 0.85, { above: 0, atMost: 1 });
  return moving("crop", given({ ...options }), (map, draws, { width, height }) => {
    const part = 1 - draws.uniform() * (1 - least);
    stretch(map, 1 / part, 1 / part);
    // the window ends where the image ends
    const rest = (1 - part) / part / 2;
    shiftBy(map, draws.within(rest * (width - 1)), draws.within(rest * (height - 1)));
  });
}

/** Turns by up to so many degrees to either side. Default 10. */
export function rotate(options: { readonly degrees?: number } = {}): Augmentation {
  const degrees = inRange("degrees", options.degrees ?? 10, { atLeast: 0, atMost: 180 });
  const rotated = moving("rotate", given({ ...options }), (map, draws) =>
    turn(map, (draws.within(degrees) * Math.PI) / 180),
  );
  return degrees > 90 ? { ...rotated, turns: ["half"] } : rotated;
}

/** Shows things up to `by` times as large or as small. Default 1.1. */
export function scale(options: { readonly by?: number } = {}): Augmentation {
  const by = inRange("by", options.by ?? 1.1, { atLeast: 1 });
  return moving("scale", given({ ...options }), (map, draws) => {
    const factor = Math.exp(draws.within(Math.log(by)));
    stretch(map, factor, factor);
  });
}

type Move = (map: AffineMap, draws: Draws, size: ImageSize) => void;

function moving(kind: string, options: Augmentation["options"], move: Move): Augmentation {
  return {
    kind,
    options,
    init: (shape) => {
      const size = imageSize(kind, shape);
      return { move: (map, draws) => move(map, draws, size) };
    },
  };
}
