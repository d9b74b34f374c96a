import { expect, test } from "vitest";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf } from "../../src/array/shape.ts";
import { fork, normal, seedKey, uniform } from "../../src/base/random.ts";
import { writeOnnx } from "../../src/exchange/onnx/write-onnx.ts";
import { layers } from "../../src/nn/layers.ts";
import { beginModel } from "../../src/nn/model.ts";
import { predictor, type Trained } from "../../src/train/trained.ts";
import { type LayerSample, layerSamples } from "./fixtures/onnx/samples.ts";
import { furthest, openOnnx } from "./runtime.ts";

const BATCHES = 100;

/** A model with numbers as training may leave them: no bias at 0, no scale at 1, no variance below 0. */
export function sampleModel({ layer, shape, loss }: LayerSample): Trained {
  const { parameters, statistics } = beginModel(layer, shape, seedKey(5));
  const weights = [...parameters, ...statistics].map(([path, array]): [string, NdArray] => {
    const noise = uniform(fork(seedKey(6), path), array.data.length);
    return [
      path,
      ndarray(
        Float32Array.from(array.data, (x, i) => x + (noise[i] ?? 0)),
        array.shape,
      ),
    ];
  });
  return { model: layer, loss, weights: new Map(weights), shape };
}

test.each(layerSamples)("T1 ONNX Runtime answers as we do on 100 random batches: $name", async (sample) => {
  const trained = sampleModel(sample);
  const [ours, theirs] = [await predictor(trained), await openOnnx(writeOnnx({ trained }))];
  const codes = JSON.stringify(sample.layer.options).includes("embedding") || sample.layer.kind === "embedding";
  for (let batch = 0; batch < BATCHES; batch++) {
    const rows = 1 + (batch % 4);
    const draws = normal(fork(seedKey(7), `${batch}`), rows * elementsOf(sample.shape));
    // some codes lie outside of the table
    const numbers = Float32Array.from(draws, (x) => (codes ? Math.round(2 * x) : x));
    const inputs = ndarray(numbers, [rows, ...sample.shape]);
    const expected = (await ours(inputs)).answers;
    const found = await theirs({ inputs });
    expect(found.shape).toEqual(expected.shape);
    expect(furthest(found, expected), `batch ${batch}`).toBeLessThan(1e-5);
  }
});

test("T1 every layer is among the samples", () => {
  expect(new Set(layerSamples.flatMap(({ layer }) => kindsIn(layer)))).toEqual(new Set(Object.keys(layers)));
});

function kindsIn(layer: unknown): readonly string[] {
  if (typeof layer !== "object" || layer === null) return [];
  const own = "kind" in layer && typeof layer.kind === "string" && layer.kind in layers ? [layer.kind] : [];
  return [...own, ...Object.values(layer).flatMap(kindsIn)];
}
