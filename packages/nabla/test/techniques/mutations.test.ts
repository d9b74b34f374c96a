/** Faults are planted one by one in gradient rules, layers, losses, penalties and optimizers: each is found and named. */
import { describe, expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { describe as describeData } from "../../src/base/described.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import type { AnyOp } from "../../src/graph/tensor.ts";
import { tanh } from "../../src/nn/activations.ts";
import { batchNorm } from "../../src/nn/batch-norm.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { losses } from "../../src/nn/losses.ts";
import { elastic, l1, l2 } from "../../src/nn/penalty.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { gradientCheck } from "../../src/testing/check-model.ts";
import { lossComplaints, penaltyComplaints } from "../../src/testing/cost-kit.ts";
import { placeOf } from "../../src/testing/gradient-report.ts";
import { layerComplaints } from "../../src/testing/layer-kit.ts";
import { opComplaints, opTrials } from "../../src/testing/op-trials.ts";
import { optimizerComplaints } from "../../src/testing/optimizer-kit.ts";
import { layerMeanings } from "../testing/layer-meanings.ts";
import { lossMeanings } from "../testing/loss-meanings.ts";
import { meaningOf } from "../testing/meaning-of.ts";
import { optimizerMeaning } from "../testing/optimizer-meanings.ts";
import {
  convolutionFaults,
  lossFaults,
  meaningFaults,
  modelFaults,
  optimizerFaults,
  penaltyFaults,
  SQUARE,
} from "./layer-faults.ts";
import { opFaults } from "./op-faults.ts";

const inputs = ndarray(normal(seedKey(1), SQUARE * 4), [SQUARE, 4]);
const targets = ndarray(normal(seedKey(2), SQUARE * 3), [SQUARE, 3]);

test("there are forty faults and more, no two alike", () => {
  const all = [
    ...opFaults,
    ...modelFaults,
    ...convolutionFaults,
    ...meaningFaults,
    ...lossFaults,
    ...penaltyFaults,
    ...optimizerFaults,
  ];
  expect(new Set(all.map(({ description }) => description)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(40);
});

describe("I4 a fault in a gradient rule is found and named by op and input", () => {
  test.each(opFaults)("$description", async ({ op, at }) => {
    const complaints = await opComplaints(op);
    expect(complaints.join("\n")).not.toBe("");
    expect(complaints[0]).toMatch(at);
  });

  test("without a fault there is no complaint", async () => {
    const names = new Set(opFaults.map(({ op }) => op.opName));
    const right = new Map(opTrials().map(({ op }): [string, AnyOp] => [op.opName, op]));
    for (const name of names) expect(await opComplaints(right.get(name) as AnyOp), name).toEqual([]);
  });
});

describe("I4 a fault in a layer's gradient is found and named by parameter and index", () => {
  test.each(modelFaults)("$description", async ({ layer, at }) => {
    const model = chain(dense(SQUARE), tanh(), layer, tanh(), dense(3));
    const report = await gradientCheck({ model, loss: squaredError(), examples: { rows: SQUARE, inputs, targets } });
    expect(report.verdict, report.table).toBe("wrong");
    expect(report.parameters[0]?.error).toBeGreaterThan(1e-3);
    expect(placeOf(report.parameters[0] as never)).toMatch(at);
    expect(report.parameters[0]?.worst?.index?.length).toBeGreaterThan(0);
  });

  test.each(convolutionFaults)("$description", async ({ layer, at }) => {
    const images = ndarray(normal(seedKey(3), 3 * 4 * 4 * 2), [3, 4, 4, 2]);
    const codes = ndarray(Int32Array.of(0, 2, 1), [3]);
    const report = await gradientCheck({
      model: chain(layer, tanh(), flatten(), dense(3)),
      loss: softmaxCrossEntropy(),
      examples: { rows: 3, inputs: images, targets: codes },
    });
    expect(report.verdict, report.table).toBe("wrong");
    expect(placeOf(report.parameters[0] as never)).toMatch(at);
  });

  test("without a fault the same model is right", async () => {
    const model = chain(dense(SQUARE), tanh(), batchNorm(), tanh(), dense(3));
    const report = await gradientCheck({ model, loss: squaredError(), examples: { rows: SQUARE, inputs, targets } });
    expect(report.verdict, report.table).toBe("right");
  });
});

describe("a fault in what is computed is found by the kits, which know what each kind means", () => {
  test.each(meaningFaults)("$description", async ({ layer, at }) => {
    const complaints = await layerComplaints(layer, [SQUARE], { meaning: meaningOf(layerMeanings, layer.kind) });
    expect(complaints.join("\n")).toMatch(at);
  });

  test.each(lossFaults)("$description", async ({ loss, at }) => {
    expect((await lossComplaints(loss, { meaning: meaningOf(lossMeanings, loss.kind) })).join("\n")).toMatch(at);
  });

  test.each(penaltyFaults)("$description", async ({ penalty, at }) => {
    expect((await penaltyComplaints(penalty)).join("\n")).toMatch(at);
  });

  test.each(optimizerFaults)("$description", async ({ optimizer, at }) => {
    expect(
      (await optimizerComplaints(optimizer, { meaning: optimizerMeaning(describeData(optimizer)) })).join("\n"),
    ).toMatch(at);
  });
});

describe("losses and penalties without a fault", () => {
  // one that is made of others is compared in nn/joint-loss.test.ts
  test.each(Object.keys(losses).filter((kind) => kind !== "joint"))("loss %s", async (kind) => {
    const { lossFrom } = await import("../../src/nn/losses.ts");
    expect(await lossComplaints(lossFrom(kind), { meaning: meaningOf(lossMeanings, kind) })).toEqual([]);
  });

  test.each(
    [l1(0.3), l2(0.7), l2(0.7, { reduction: "examples", except: [] }), elastic({ l1: 0.2, l2: 0.5 })].map(
      (penalty) => [penalty.kind, penalty] as const,
    ),
  )("penalty %s", async (_, penalty) => {
    expect(await penaltyComplaints(penalty)).toEqual([]);
  });
});
