/** Inputs that a layer looks up are codes: their sizes, distances and means say nothing. */
import { expect, test } from "vitest";
import { seedKey, uniform } from "../../src/base/random.ts";
import { applyPreparation } from "../../src/data/apply-preparation.ts";
import type { Examples } from "../../src/data/examples.ts";
import { textFeatures } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { categoryColumn, table, takeTable, textColumn } from "../../src/data/table.ts";
import { linear, looksUp } from "../../src/diagnose/change-model.ts";
import { examine } from "../../src/diagnose/evidence.ts";
import { health } from "../../src/diagnose/health.ts";
import { recipe } from "../../src/diagnose/recipe.ts";
import { relu } from "../../src/nn/activations.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { embeddingBag } from "../../src/nn/embedding-bag.ts";
import { normalInitializer } from "../../src/nn/initializer.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { toJson } from "../../src/nn/layers.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";

const ROWS = 240;

/** Sentences of which a third has the wrong label, in two parts, and what their words become. */
function sentences(): { readonly train: Examples; readonly dev: Examples; readonly bag: Layer } {
  const draws = uniform(seedKey(4), 3 * ROWS);
  const word = (row: number, of: readonly string[]): string => of[Math.floor((draws[row] ?? 0) * of.length)] ?? "";
  const alive = Array.from({ length: ROWS }, (_, row) => row % 2 === 0);
  const texts = alive.map((is, row) => {
    const what = word(row, is ? ["fox", "bear", "otter"] : ["hammer", "saw", "chisel"]);
    return `we saw a ${what} ${word(ROWS + row, ["today", "again", "at night", "by the mill"])}`;
  });
  const labels = alive.map((is, row) => ((draws[2 * ROWS + row] ?? 0) < 0.33 ? !is : is));
  const all = table([textColumn("note", texts)], categoryColumn("what", labels.map(String)));
  const half = (first: number) =>
    takeTable(
      all,
      Array.from({ length: ROWS / 2 }, (_, i) => first + i),
    );
  const preparation = prepare.fit(half(0));
  const [{ count = 1 } = {}] = textFeatures(preparation);
  const init = normalInitializer({ deviation: 0.01 });
  return {
    train: applyPreparation(preparation, half(0)),
    dev: applyPreparation(preparation, half(ROWS / 2)),
    bag: embeddingBag({ count, units: 8, weighted: true, init }),
  };
}

const { train, dev, bag } = sentences();
const model = chain(bag, dense(8), relu(), dense(2));
const job = { model, loss: softmaxCrossEntropy(), optimizer: adam(), train, dev, epochs: 60, seed: 1 };

test("a linear model of texts looks their words up too", () => {
  const plain = toJson(model);
  expect(looksUp(plain)).toBe(true);
  expect(looksUp(toJson(chain(dense(8), relu(), dense(2))))).toBe(false);
  expect(linear(plain)).toMatchObject({ layers: [{ kind: "embeddingBag" }, { kind: "dense", units: 2 }] });
});

test("activations are compared with what is looked up, not with the numbers of the codes", async () => {
  const found = await health({ model, loss: softmaxCrossEntropy() }, train);
  expect(found.findings.map(({ code }) => code)).not.toContain("health/vanishing-activations");
  expect(found.inputs).toBeCloseTo(found.layers[0]?.deviation ?? Number.NaN, 9);
  expect(found.inputs).toBeLessThan(0.1);
});

test("no remedy scales codes, makes them noisy or leaves some out, and no neighbors are sought by them", async () => {
  const evidence = await examine(job, await fit(job));
  expect(evidence.diagnosis.variance).toBe("high");
  expect([evidence.rate, evidence.data]).toEqual([undefined, []]);
  const codes = recipe(evidence.diagnosis, evidence).map(({ code }) => code);
  for (const code of ["variance/augment", "data/scale", "data/leakage", "init/scale", "rate/high"])
    expect(codes).not.toContain(code);
  expect(evidence.peers?.others.map(({ kind }) => kind)).not.toContain("neighbors");
  expect(evidence.peers?.others.map(({ kind }) => kind)).toContain("linearModel");
  expect(evidence.peers?.noise).toBeUndefined();
});
