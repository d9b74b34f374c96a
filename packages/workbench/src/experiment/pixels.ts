/** How networks of other tools take the pixels of images, which are numbers from 0 to 255 here. */
import { type ColumnPreparation, chain, type Json, layerFrom, NablaError, type Trained } from "nabla";

/** A mean and a deviation for each channel, of pixels from 0 to 1. */
interface Channels {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** How a pixel from 0 to 255 becomes what a network takes. */
export interface PixelScale {
  readonly center: number;
  readonly spread: number;
  /** By default all channels alike. */
  readonly channels?: Channels;
}

/** (pixel - center) / spread, and then each channel by its own. */
export const pixelScales = {
  unit: { center: 0, spread: 255 },
  signed: { center: 127.5, spread: 127.5 },
  bytes: { center: 0, spread: 1 },
  imagenet: {
    center: 0,
    spread: 255,
    // https://docs.pytorch.org/vision/stable/models.html
    channels: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  },
} as const satisfies { readonly [name: string]: PixelScale };

/** Names of the scales. */
export const PIXELS = Object.keys(pixelScales) as readonly (keyof typeof pixelScales)[];

/** Whether numbers are taken as they are, so that nothing is known of what the network expects. */
export function isPlain(column: ColumnPreparation): boolean {
  return column.kind === "block" && column.center === 0 && column.spread === 1;
}

/** The network behind a step that subtracts a mean and divides by a deviation for each channel. Throws `experiment/pixels`. */
export function byChannel(trained: Trained, { mean, deviation }: Channels): Trained {
  const { shape, model, weights } = trained;
  if (shape.at(-1) !== mean.length) {
    const message = `imagenet scales ${mean.length} channels, and the model takes images of ${shape.join("x")}`;
    throw new NablaError("experiment/pixels", message, "name another way to scale pixels");
  }
  const first = layerFrom({ kind: "graph", steps: normalizing({ mean, deviation }, shape) });
  const wrapped = chain(first, model);
  const [, name] = [...(wrapped.layers ?? [])].map(([own]) => own);
  const below = [...weights].map(([path, array]) => [`${name}.${path}`, array] as const);
  return { ...trained, model: wrapped, weights: new Map(below) };
}

function normalizing({ mean, deviation }: Channels, shape: readonly number[]): readonly Json[] {
  const all = ["batch", ...shape];
  return [
    { constant: mean, shape: [mean.length], dtype: "float32" },
    { op: "broadcast", of: [1], attributes: { shape: all } },
    { op: "subtract", of: [0, 2], attributes: {} },
    { constant: deviation, shape: [deviation.length], dtype: "float32" },
    { op: "broadcast", of: [4], attributes: { shape: all } },
    { op: "divide", of: [3, 5], attributes: {} },
  ];
}
