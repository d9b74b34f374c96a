/** Every operator that is read. */
import { elementwiseOperators } from "./elementwise-operators.ts";
import { matrixOperators } from "./matrix-operators.ts";
import type { Operator } from "./node.ts";
import { normalizationOperators } from "./normalization-operators.ts";
import { reduceOperators } from "./reduce-operators.ts";
import { shapeOperators } from "./shape-operators.ts";
import { windowOperators } from "./window-operators.ts";

/** Operators of ONNX's own domain by name, opset 13 to 22. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...elementwiseOperators,
    ...matrixOperators,
    ...normalizationOperators,
    ...reduceOperators,
    ...shapeOperators,
    ...windowOperators,
  }),
);

/** Operators of other domains that mean the same as one of ONNX's own. */
export const relatives: ReadonlyMap<string, string> = new Map([["com.microsoft.Gelu", "Gelu"]]);
