import { checkNumbers, wrongArgument } from "../array/check-array.ts";
import type { Json } from "../base/json.ts";
import { isRecord } from "../base/value-type.ts";
import { batchNorm } from "./batch-norm.ts";
import { chain } from "./chain.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import type { Layer } from "./layer.ts";
import { activationFrom } from "./layers.ts";

/** Options of `network`. */
export interface NetworkOptions {
  /** Units of each hidden layer; `[]` for a linear model. */
  readonly hidden: readonly number[];
  /** Numbers that come out: one for each class, or one for each target number. */
  readonly outputs: number;
  /** The activation after each hidden layer as data, as `"relu"`; "relu" by default. */
  readonly activation?: Json;
  /** The probability of keeping a hidden unit in training. Default 1: no dropout. */
  readonly keep?: number;
  /** Whether to normalize before each activation. Default no. */
  readonly normalize?: boolean;
  /** Whether examples have more than one dimension and are laid out in a row first. Default no. */
  readonly flat?: boolean;
}

/** The usual network for tables: hidden dense layers with one activation, begun to match it, and a dense layer of outputs. */
export function network(options: NetworkOptions): Layer {
  if (!isRecord(options)) throw wrongArgument("network", "options { hidden, outputs }", options);
  const { hidden, outputs, activation = "relu", keep = 1, normalize = false, flat = false } = options;
  checkNumbers("network › hidden", hidden);
  const hiddenActivation = activationFrom(activation);
  const after = [...(normalize ? [batchNorm()] : []), hiddenActivation, ...(keep < 1 ? [dropout({ keep })] : [])];
  return chain(...(flat ? [flatten()] : []), ...hidden.flatMap((units) => [dense(units), ...after]), dense(outputs));
}
