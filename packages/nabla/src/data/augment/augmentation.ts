/** What an augmentation is: a random change of an example that leaves its label true. */
import type { Size } from "../../array/shape.ts";
import type { Described } from "../../base/described.ts";
import { NablaError } from "../../base/error.ts";
import type { Key } from "../../base/random.ts";
import type { AffineMap } from "./affine-map.ts";
import type { Draws } from "./draws.ts";

/** A random change: plain data with its function. */
export interface Augmentation extends Described {
  /** Makes it ready for examples of a shape. Throws `augment/shape` where it needs images. */
  readonly init: (shape: Size, key: Key) => AugmentationChange;
  /** Makes a list ready in which it is; every one brings it along, so that who augments nothing loads nothing for it. */
  readonly augmenterFor: AugmenterMaker;
  /** Warns of classes that a list changes into each other, as it does. */
  readonly brokenLabels: (list: readonly Augmentation[], classes: readonly string[]) => readonly string[];
  /** How it mirrors or turns an image, which some labels do not survive. */
  readonly turns?: readonly Turn[];
}

/** Left for right, top for bottom, or both: upside down. */
export type Turn = "horizontal" | "vertical" | "half";

/** One change made ready. Every part is optional, and each is called once for every example. */
export interface AugmentationChange {
  /** Sets where the pixels of the result come from, by changing the map so far. */
  readonly move?: (map: AffineMap, draws: Draws) => void;
  /** Moves every pixel on its own: adds to the two fields of distances [height * width], in pixels. */
  readonly displace?: (field: Displacement, draws: Draws) => void;
  /** Changes the numbers of the example, which start at `at`. */
  readonly alter?: (data: MutableNumbers, at: number, draws: Draws) => void;
}

/** Which example is changed: its row and epoch decide every random number. */
export interface Place {
  readonly row: number;
  readonly epoch: number;
}

/** Changes the example that starts at `at`, in place. */
export type Augmenter = (data: MutableNumbers, at: number, place: Place) => void;

/** Options of `augmenterFor`. */
export interface AugmenterOptions {
  /** The shape of one example. */
  readonly shape: Size;
  readonly key: Key;
}

/** Makes a list of augmentations ready for examples of a shape. Throws `augment/shape`. */
export type AugmenterMaker = (list: readonly Augmentation[], options: AugmenterOptions) => Augmenter;

/** How far away each pixel is taken from. */
export interface Displacement {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Storage whose numbers can be changed. */
export type MutableNumbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An example that is an image. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The size of images [height, width] or [height, width, channels]. Throws `augment/shape` for anything else. */
export function imageSize(kind: string, shape: Size): ImageSize {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length === 2 || shape.length === 3) return { height, width, channels };
  throw new NablaError(
    "augment/shape",
    `${kind} augments images [height, width, channels], and the examples have the shape [${shape.join(", ")}]`,
    "read the data as images (--image 28x28x1), or augment tables with noise",
  );
}
