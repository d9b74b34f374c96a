/** What each layer of Keras is here, by its class. */
import { dropout, spatialDropout } from "../../nn/dropout.ts";
import { activationLayers } from "./activation-readers.ts";
import { attentionLayers } from "./attention-readers.ts";
import { normalizationLayers } from "./normalization-readers.ts";
import { inputOf, type Reader } from "./reading.ts";
import { numberFrom } from "./record.ts";
import { recurrentLayers } from "./recurrent-readers.ts";
import { shapeLayers } from "./shape-readers.ts";
import {
  readConvolution,
  readDense,
  readDepthwise,
  readEmbedding,
  readSeparable,
  readTransposed,
} from "./weight-readers.ts";

const readDropout =
  (make: typeof dropout): Reader =>
  (layer) => {
    const rate = numberFrom(layer.config.rate, "rate");
    if (layer.config.noise_shape !== undefined && layer.config.noise_shape !== null)
      layer.note("its noise_shape is left out: in training, single units are dropped");
    return rate === 0
      ? inputOf(layer)
      : layer.apply(make({ keep: Number((1 - rate).toPrecision(12)) }), inputOf(layer));
  };

/** What acts in training alone, and has no counterpart here. */
const readNothing: Reader = (layer) => {
  layer.note("left out, since it only acts in training");
  return inputOf(layer);
};

const nothing = [
  ...["GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization"],
  ...["RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness"],
];

/** Every layer of Keras that can be read, by its class. */
export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["Dense", readDense],
  ["Conv1D", readConvolution(1)],
  ["Conv2D", readConvolution(2)],
  ["DepthwiseConv1D", readDepthwise(1)],
  ["DepthwiseConv2D", readDepthwise(2)],
  ["SeparableConv1D", readSeparable(1)],
  ["SeparableConv2D", readSeparable(2)],
  ["Conv1DTranspose", readTransposed(1)],
  ["Conv2DTranspose", readTransposed(2)],
  ["Embedding", readEmbedding],
  ...Object.entries(recurrentLayers),
  ...Object.entries(attentionLayers),
  ...Object.entries(shapeLayers),
  ...Object.entries(normalizationLayers),
  ...Object.entries(activationLayers),
  ["Dropout", readDropout(dropout)],
  ["SpatialDropout1D", readDropout(spatialDropout)],
  ["SpatialDropout2D", readDropout(spatialDropout)],
  ["Identity", inputOf],
  ...nothing.map((className) => [className, readNothing] as const),
]);
