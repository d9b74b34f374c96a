/**
 * Every attribute of every layer that is read, and what becomes of it: read, of no effect on predictions, or readable at
 * one value alone. Whatever else a file says of a layer is refused by its name, since it may change what the layer does.
 */
import { NablaError } from "../../base/error.ts";
import { listing } from "../../base/text.ts";
import { quoted } from "../quoted.ts";
import type { JsonRecord } from "./record.ts";

interface AttributeRow {
  /** Attributes that the reader looks at. */
  readonly read?: string;
  /** Attributes that no prediction depends on, by why. */
  readonly harmless?: { readonly [why: string]: string };
  /** Attributes that can be read at these values alone. */
  readonly only?: { readonly [name: string]: readonly unknown[] };
  /** Arguments of its calls, and the values that they can be read at. */
  readonly called?: { readonly [name: string]: readonly unknown[] };
}

/** Attributes of any layer. */
const COMMON: ReadonlySet<string> = new Set([
  // read where layers are listed
  ...["name", "dtype", "trainable", "batch_shape", "batch_input_shape"],
  // the shape that a first layer was made with, which batch_input_shape says too
  ...["input_shape", "input_dim", "input_length"],
]);

/** Initial values, penalties and constraints of the array that is named before them: none acts when predicting. */
const TRAINING =
  /^(?:kernel|recurrent|bias|depthwise|pointwise|embeddings|alpha|beta|gamma|moving_mean|moving_variance)_(?:initializer|regularizer|constraint)$|^activity_regularizer$/;

const LAST = { data_format: ["channels_last"] } as const;
const UNQUANTIZED = { lora_rank: [], lora_alpha: [], quantization_config: [] } as const;
const convolution = "filters kernel_size strides dilation_rate padding activation use_bias";
const window = "pool_size strides padding";
const TRAINS = "the layer acts in training alone";
const SEED = { "nabla draws its own random numbers": "seed" } as const;
const NOISE: AttributeRow = { harmless: { [TRAINS]: "rate stddev seed noise_shape" } };
const MERGE: AttributeRow = {};
const AUGMENTATION: AttributeRow = {
  harmless: {
    [TRAINS]: "factor height_factor width_factor mode seed fill_mode fill_value interpolation value_range data_format",
  },
};
const RECURRENT: AttributeRow = {
  read: "units use_bias return_sequences go_backwards",
  harmless: {
    [TRAINS]: "dropout recurrent_dropout seed unit_forget_bias",
    "how the same numbers are computed": "unroll implementation use_cudnn",
    "no layer that is read makes a mask": "zero_output_for_mask",
  },
  only: {
    activation: ["tanh"],
    recurrent_activation: ["sigmoid"],
    return_state: [false],
    stateful: [false],
    time_major: [false],
  },
};
const MODEL: AttributeRow = {
  read: "layers input_layers output_layers build_input_shape",
};

/** Each layer's attributes by its class. */
export const attributes: Readonly<Record<string, AttributeRow>> = {
  Sequential: MODEL,
  Functional: MODEL,
  Model: MODEL,
  InputLayer: { only: { ragged: [false], sparse: [false], optional: [false] } },
  Dense: { read: "units activation use_bias", only: UNQUANTIZED },
  Conv1D: { read: `${convolution} groups`, only: { ...LAST, ...UNQUANTIZED } },
  Conv2D: { read: `${convolution} groups`, only: { ...LAST, ...UNQUANTIZED } },
  DepthwiseConv1D: { read: `${convolution} depth_multiplier`, only: { ...LAST, groups: [1] } },
  DepthwiseConv2D: { read: `${convolution} depth_multiplier`, only: { ...LAST, groups: [1] } },
  SeparableConv1D: { read: `${convolution} depth_multiplier`, only: { ...LAST, groups: [1] } },
  SeparableConv2D: { read: `${convolution} depth_multiplier`, only: { ...LAST, groups: [1] } },
  Conv1DTranspose: { read: convolution, only: { ...LAST, output_padding: [], groups: [1] } },
  Conv2DTranspose: { read: convolution, only: { ...LAST, output_padding: [], groups: [1] } },
  Embedding: { read: "input_dim output_dim", only: { ...UNQUANTIZED, mask_zero: [false], sparse: [false] } },
  GRU: { ...RECURRENT, only: { ...RECURRENT.only, reset_after: [true] } },
  LSTM: RECURRENT,
  Bidirectional: { read: "layer backward_layer merge_mode", only: { return_state: [false], stateful: [false] } },
  MultiHeadAttention: {
    read: "num_heads key_dim value_dim use_bias attention_axes",
    harmless: { [TRAINS]: "dropout seed", "how the same numbers are computed": "flash_attention" },
    only: { use_gate: [false], sliding_window: [], output_shape: [] },
    called: { use_causal_mask: [true, false], return_attention_scores: [false] },
  },
  MaxPooling1D: { read: window, only: LAST },
  MaxPooling2D: { read: window, only: LAST },
  AveragePooling1D: { read: window, only: LAST },
  AveragePooling2D: { read: window, only: LAST },
  GlobalAveragePooling1D: { read: "keepdims", only: LAST },
  GlobalAveragePooling2D: { read: "keepdims", only: LAST },
  GlobalMaxPooling1D: { read: "keepdims", only: LAST },
  GlobalMaxPooling2D: { read: "keepdims", only: LAST },
  Flatten: { only: LAST },
  Reshape: { read: "target_shape" },
  Permute: { read: "dims" },
  RepeatVector: { read: "n" },
  Cropping1D: { read: "cropping", only: LAST },
  Cropping2D: { read: "cropping", only: LAST },
  ZeroPadding1D: { read: "padding", only: LAST },
  ZeroPadding2D: { read: "padding", only: LAST },
  UpSampling1D: { read: "size", only: LAST },
  UpSampling2D: { read: "size", only: { ...LAST, interpolation: ["nearest"] } },
  BatchNormalization: {
    read: "axis momentum epsilon center scale",
    harmless: {
      "how statistics are gathered while training; predictions take them as they are stored":
        "synchronized renorm_clipping renorm_momentum",
      "which of two ways gives the same numbers": "fused",
    },
    only: { renorm: [false], virtual_batch_size: [], adjustment: [] },
  },
  LayerNormalization: { read: "axis epsilon center scale", only: { rms_scaling: [false] } },
  GroupNormalization: { read: "groups axis epsilon center scale" },
  RMSNormalization: { read: "axis epsilon" },
  UnitNormalization: { read: "axis" },
  Activation: { read: "activation" },
  ReLU: { read: "max_value negative_slope threshold" },
  LeakyReLU: { read: "negative_slope alpha" },
  ThresholdedReLU: { read: "theta" },
  ELU: { read: "alpha" },
  PReLU: { read: "shared_axes" },
  Softmax: { read: "axis" },
  Dropout: { read: "rate noise_shape", harmless: SEED },
  SpatialDropout1D: { read: "rate", harmless: SEED, only: { ...LAST, noise_shape: [] } },
  SpatialDropout2D: { read: "rate", harmless: SEED, only: { ...LAST, noise_shape: [] } },
  GaussianNoise: NOISE,
  GaussianDropout: NOISE,
  AlphaDropout: NOISE,
  ActivityRegularization: { harmless: { [TRAINS]: "l1 l2" } },
  Identity: {},
  RandomFlip: AUGMENTATION,
  RandomRotation: AUGMENTATION,
  RandomZoom: AUGMENTATION,
  RandomTranslation: AUGMENTATION,
  RandomContrast: AUGMENTATION,
  RandomBrightness: AUGMENTATION,
  Rescaling: { read: "scale offset" },
  Normalization: { read: "axis mean variance", only: { invert: [false] } },
  CategoryEncoding: { read: "num_tokens output_mode", only: { sparse: [false] } },
  Add: MERGE,
  Subtract: MERGE,
  Multiply: MERGE,
  Average: MERGE,
  Maximum: MERGE,
  Minimum: MERGE,
  Concatenate: { read: "axis" },
  Dot: { read: "axes normalize" },
};

const wordsOf = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");

const rows: ReadonlyMap<string, KnownAttributes> = new Map(
  Object.entries(attributes).map(([className, { read = "", harmless = {}, only = {} }]) => [
    className,
    {
      passed: new Set([read, ...Object.values(harmless)].flatMap(wordsOf)),
      only: new Map(Object.entries(only)),
    },
  ]),
);

/** Whether an argument of a call has a value that the reader of the layer knows. */
export function isCallOption(className: string, name: string, value: unknown): boolean {
  return attributes[className]?.called?.[name]?.includes(value) === true;
}

interface Configured {
  readonly className: string;
  readonly config: JsonRecord;
}

interface KnownAttributes {
  readonly passed: ReadonlySet<string>;
  readonly only: ReadonlyMap<string, readonly unknown[]>;
}

/**
 * Throws `keras/layer` for an attribute that no reader looks at, and for a value of one that cannot be read, by name. One
 * that is null says nothing.
 */
export function checkAttributes({ className, config }: Configured): void {
  const row = rows.get(className);
  if (row === undefined) return;
  for (const [name, value] of Object.entries(config)) {
    if (value === null || COMMON.has(name) || TRAINING.test(name)) continue;
    const only = row.only.get(name);
    if (only !== undefined) {
      if (only.includes(value)) continue;
      const values =
        only.length === 0
          ? "nothing"
          : listing(
              only.map((one) => JSON.stringify(one)),
              "or",
            );
      throw new NablaError("keras/layer", `${name} ${shown(value)}, where ${values} can be read`);
    }
    if (!row.passed.has(name)) {
      const message = `the attribute ${quoted(name)} (${shown(value)}), so that what the layer computes is not known`;
      throw new NablaError("keras/layer", message);
    }
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? quoted(value) : (JSON.stringify(value) ?? "").slice(0, 60);
}

/** What floats a layer computes with: full ones, or half ones which single ones hold. */
const PRECISIONS: ReadonlySet<string> = new Set([
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "mixed_float16",
  "mixed_bfloat16",
]);

/** The policy of a layer, "float32" where nothing is said. Throws `keras/layer` for numbers that are quantized. */
export function precisionOf({ config: { dtype } }: Pick<Configured, "config">): string {
  const inner =
    typeof dtype === "object" && dtype !== null ? (dtype as { config?: { name?: unknown } }).config?.name : dtype;
  const name = inner ?? "float32";
  if (typeof name === "string" && (PRECISIONS.has(name) || /^u?int\d+$|^bool$/.test(name))) return name;
  throw new NablaError("keras/layer", `the dtype ${shown(name)}`);
}
