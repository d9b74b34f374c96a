import { describe, expect, test } from "vitest";
import { type Examples, takeExamples } from "../../src/data/examples.ts";
import { relu } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { conv2d } from "../../src/nn/convolution.ts";
import { dense } from "../../src/nn/dense.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { optimizerFrom, optimizers } from "../../src/optim/optimizers.ts";
import { fit } from "../../src/train/fit.ts";
import { readDigits } from "../train/digits.ts";

const digits = readDigits(1);
const few = (rows: number): Examples =>
  takeExamples(
    digits.train,
    Uint32Array.from({ length: rows }, (_, i) => i),
  );
const image = (examples: Examples): Examples => ({
  ...examples,
  inputs: { ...examples.inputs, shape: [examples.rows, 8, 8, 1] },
});

/** Rates at which the digits are learned in a few epochs. */
const rates: Record<string, number> = {
  gradientDescent: 0.5,
  momentum: 0.5,
  rmsprop: 3e-3,
  adam: 5e-3,
  adamW: 5e-3,
  nadam: 5e-3,
  amsgrad: 5e-3,
  adamax: 1e-2,
  adadelta: 20,
  adagrad: 0.05,
  lion: 1e-3,
  lamb: 0.03,
  radam: 1e-2,
  adafactor: 0.02,
  muon: 5e-3,
};

describe("L11 every optimizer learns the digits with a plain, a convolutional and a batch-normalized network", () => {
  const kinds = Object.keys(optimizers).filter((kind) => kind !== "sequence" && kind !== "accumulate");
  const models = {
    plain: chain(flatten(), dense(32), relu(), dense(10)),
    convolutional: chain(conv2d(8, { size: 3, stride: 2 }), relu(), flatten(), dense(10)),
    normalized: chain(flatten(), dense(32), batchNorm(), relu(), dense(10)),
  };
  test.each(kinds)("%s", async (kind) => {
    for (const model of Object.values(models)) {
      const optimizer = optimizerFrom({ kind, rate: rates[kind] ?? null });
      const run = await fit({
        model,
        loss: softmaxCrossEntropy(),
        optimizer,
        train: image(few(600)),
        dev: image(digits.dev),
        batch: 32,
        epochs: 10,
      });
      expect(run.dev?.error).toBeLessThan(0.13);
    }
  });
});
