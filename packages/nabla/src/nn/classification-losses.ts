import type { NdArray } from "../array/ndarray.ts";
import { type Shape, showShape } from "../array/shape.ts";
import { given } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import {
  add,
  equal,
  lessEqual,
  log,
  maximum,
  multiply,
  not,
  sigmoid,
  softplus,
  subtract,
} from "../graph/elementwise.ts";
import { cast, reshape } from "../graph/movement.ts";
import { argmax, max, mean } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { logSumExp, pick, softmaxOf } from "./functions.ts";
import { type Loss, sameShapes } from "./loss.ts";

/**
 * Cross-entropy of the softmax of logits [batch, classes] with class codes int32 [batch]. `smoothing` s gives s of the
 * target's weight to all classes in equal parts (Szegedy et al. 2016, section 7).
 */
export function softmaxCrossEntropy({ smoothing }: { readonly smoothing?: number } = {}): Loss {
  const share = inRange("smoothing", smoothing ?? 0, { atLeast: 0, below: 1 });
  return {
    kind: "softmaxCrossEntropy",
    options: given({ smoothing }),
    task: "classification",
    loss: (output, target) => {
      admitClasses(output.shape, target);
      const right = pick(output, target);
      const aim = share === 0 ? right : add(multiply(right, 1 - share), multiply(mean(output, { axes: -1 }), share));
      return subtract(logSumExp(output), aim);
    },
    exampleError: (output, target) => {
      admitClasses(output.shape, target);
      return cast(not(equal(argmax(output, { axis: -1 }), target)), { dtype: output.dtype });
    },
    answer: softmaxOf,
    outputFor: logOf,
    error: (meanMistake) => meanMistake,
    admit: (outputShape, targets) => {
      admitClasses(outputShape, { shape: ["batch", ...targets.shape.slice(1)], dtype: targets.dtype });
      admitCodes(outputShape, targets);
    },
  };
}

function admitClasses(output: Shape, { shape, dtype }: Pick<Tensor, "shape" | "dtype">): void {
  if (dtype !== "int32") {
    const hint =
      dtype === "float32"
        ? "for number targets use squaredError(); for classes make the target a category column"
        : undefined;
    throw new NablaError("loss/dtype", `softmaxCrossEntropy takes class codes (int32), the targets are ${dtype}`, hint);
  }
  if (output.length !== 2 || shape.length !== 1 || output[0] !== shape[0]) {
    const message = `softmaxCrossEntropy takes logits [batch, classes] and codes [batch], received ${showShape(output)} and ${showShape(shape)}`;
    throw new NablaError("loss/shape", message);
  }
}

function admitCodes(outputShape: Shape, { data }: NdArray): void {
  const classes = Number(outputShape.at(-1));
  const row = data.findIndex((code: number) => code < 0 || code >= classes);
  if (row < 0 && classes > 1) return;
  const found = row < 0 ? "a single class" : `the class code ${data[row]} in row ${row}`;
  throw new NablaError(
    "loss/class",
    `the model has ${classes} outputs, one for each class from 0 to ${classes - 1}, but the targets hold ${found}`,
    "let the last layer have as many units as there are classes",
  );
}

const SIGMOID = "sigmoidCrossEntropy";

/**
 * Cross-entropy of the sigmoid of logits with targets of 0 to 1, both [batch, k]: the mean over k independent
 * questions. Class codes int32 [batch] of two classes go with outputs [batch, 1]. Written softplus(z) - z·y, which
 * neither overflows nor loses digits.
 */
export function sigmoidCrossEntropy(): Loss {
  return {
    kind: SIGMOID,
    options: {},
    task: "classification",
    loss: (output, target) => {
      const each = subtract(softplus(output), multiply(output, likeOutput(output, target)));
      return each.shape.length === 1 ? each : mean(each, { axes: afterBatch(each) });
    },
    // an example counts as wrong when any of its questions is answered wrong
    exampleError: (output, target) => {
      const wrong = not(
        equal(
          cast(lessEqual(0, output), { dtype: "int32" }),
          cast(lessEqual(0.5, likeOutput(output, target)), { dtype: "int32" }),
        ),
      );
      const each = cast(wrong, { dtype: output.dtype });
      return each.shape.length === 1 ? each : max(each, { axes: afterBatch(each) });
    },
    answer: (output) => sigmoid(output),
    outputFor: (answer) => subtract(logOf(answer), logOf(subtract(1, answer))),
    error: (meanMistake) => meanMistake,
    admit: (outputShape, { dtype, shape, data }) => {
      const batch = outputShape[0] ?? "batch";
      sameShapes(
        SIGMOID,
        outputShape,
        dtype === "int32" && shape.length === 1 ? [batch, 1] : [batch, ...shape.slice(1)],
      );
      const row = data.findIndex((y: number) => !(y >= 0 && y <= 1));
      if (row >= 0)
        throw new NablaError(
          "loss/class",
          `${SIGMOID} takes targets from 0 to 1, number ${row} of them is ${data[row]}`,
        );
    },
  };
}

// shares that float32 cannot tell from 0 stay finite
function logOf(share: Tensor): Tensor {
  return log(maximum(share, 1e-30));
}

function afterBatch(x: Tensor): readonly number[] {
  return x.shape.slice(1).map((_, i) => i + 1);
}

function likeOutput(output: Tensor, target: Tensor): Tensor {
  const codes = target.dtype === "int32" && target.shape.length === 1;
  const y = codes ? reshape(target, { shape: [target.shape[0] ?? 1, 1] }) : target;
  sameShapes(SIGMOID, output.shape, y.shape);
  return y.dtype === output.dtype ? y : cast(y, { dtype: output.dtype });
}
