/** Several targets in one output: values, errors and slopes are those of the losses that they are made of. */
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { describe as written } from "../../src/base/described.ts";
import { normal, seedKey } from "../../src/base/random.ts";
import { applyPreparation } from "../../src/data/apply-preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { categoryColumn, numberColumn, table } from "../../src/data/table.ts";
import { value } from "../../src/engine/program.ts";
import { constant } from "../../src/graph/leaf.ts";
import { jointHeads } from "../../src/nn/joint-heads.ts";
import { joint } from "../../src/nn/joint-loss.ts";
import { lossFrom } from "../../src/nn/losses.ts";
import { network } from "../../src/nn/network.ts";
import { huber } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { lossComplaints } from "../../src/testing/cost-kit.ts";
import { fit } from "../../src/train/fit.ts";
import { rowResults } from "../../src/train/row-results.ts";
import { soleModels, targetShares } from "../../src/train/sole-models.ts";
import { evaluate, predict } from "../../src/train/trained.ts";
import { thrown } from "../data/thrown.ts";
import { lossMeanings } from "../testing/loss-meanings.ts";
import { meaningOf } from "../testing/meaning-of.ts";

const twoHeads = [
  { target: "price", outputs: 1, loss: lossFrom("squaredError"), weight: 3, usualLoss: 2, usualError: 1 },
  { target: "kind", outputs: 2, loss: lossFrom("softmaxCrossEntropy"), weight: 1, usualLoss: 1, usualError: 0.5 },
] as const;
const two = joint(twoHeads);

test("the loss is the weighted mean of relative losses, with the right slopes, and comes back from data", async () => {
  expect(await lossComplaints(two, { meaning: meaningOf(lossMeanings, "joint") })).toEqual([]);
  expect(written(lossFrom(written(two)))).toEqual(written(two));
});

test("weighed by uncertainty, each loss has a variance that is learned, and what is reported stays the same", async () => {
  const uncertain = joint(twoHeads, { weighting: "uncertainty" });
  expect(await lossComplaints(uncertain, { meaning: meaningOf(lossMeanings, "joint") })).toEqual([]);
  const output = constant(ndarray([1, 2, 1], [1, 3]));
  const target = constant(ndarray([3, 0, 1], [1, 3]));
  const learned = constant(ndarray([0.4, -0.6], [2]));
  const found = await value(uncertain.learned?.loss(output, target, learned) ?? output);
  // half a squared error, and an entropy as it is: weights 3 and 1, usual losses 2 and 1
  const squared = (2 ** 2 / 2) * (Math.exp(-0.4) / 2) + 0.4 / 2;
  const entropy = Math.log(1 + Math.E) * Math.exp(0.6) - 0.6 / 2;
  expect(found.data[0]).toBeCloseTo((3 * squared + entropy) / 4, 5);
  const shares = uncertain.learned?.shares([0.4, -0.6]) ?? [];
  const parts = [(3 / 2) * Math.exp(-0.4), Math.exp(0.6)];
  expect(shares[0]).toBeCloseTo((parts[0] ?? 0) / ((parts[0] ?? 0) + (parts[1] ?? 0)), 9);
  expect(thrown(() => joint(twoHeads, { weighting: "certainty" as "stated" }))).toMatchObject({
    code: "options/range",
  });
});

test("a target that nothing tells of comes to count less, its variance being what is left of it", async () => {
  const noise = normal(seedKey(9), rows);
  const sure = numberColumn(
    "sure",
    x.map((one) => 3 * one),
  );
  const noisy = table([numberColumn("x", x)], [sure, numberColumn("noise", noise)]);
  const preparation = prepare.fit(noisy);
  const train = applyPreparation(preparation, noisy);
  const heads = jointHeads(preparation.target.kind === "several" ? preparation.target : never(), train.targets);
  const model = network({ hidden: [4], outputs: 2 });
  const job = { model, optimizer: adam({ rate: 0.02 }), train, epochs: 150, batch: rows } as const;
  const { trained, train: measured } = await fit({ ...job, loss: joint(heads, { weighting: "uncertainty" }) });
  const { data: logVariances = [] } = trained.weights.get("loss.logVariances") ?? {};
  const left = measured.targets?.noise?.cost ?? 0;
  expect(left).toBeGreaterThan(0.6);
  expect(logVariances[1]).toBeCloseTo(Math.log(left), 1);
  expect(targetShares(trained)?.[0]).toBeGreaterThan(0.9);
  expect(targetShares((await fit({ ...job, epochs: 1, loss: joint(heads) })).trained)).toBeUndefined();
  // nobody who predicts knows of it
  expect((await predict(trained, train.inputs)).answers.shape).toEqual([rows, 2]);
});

test("the error is the weighted mean of relative errors; answers are those of each", async () => {
  const output = constant(ndarray([1, 2, 1], [1, 3]));
  const target = constant(ndarray([3, 0, 1], [1, 3]));
  // (3 · 2² + 1 · (1 wrong / 0.5)) / 4
  expect((await value(two.exampleError(output, target))).data[0]).toBeCloseTo(3.5, 6);
  const answers = await value(two.answer(output));
  expect(Array.from(answers.data, (one) => Number(one.toFixed(4)))).toEqual([1, 0.7311, 0.2689]);
  const back = await value(two.answer(two.outputFor?.(constant(answers)) ?? output));
  for (const [i, one] of Array.from(answers.data).entries()) expect(back.data[i]).toBeCloseTo(one, 5);
});

const rows = 60;
const x = Float64Array.from({ length: rows }, (_, i) => (i % 12) / 6 - 1);
const data = table(
  [
    numberColumn("x", x),
    numberColumn(
      "z",
      Float64Array.from({ length: rows }, (_, i) => (i % 5) - 2),
    ),
  ],
  [
    numberColumn(
      "price",
      x.map((one) => 50 + 20 * one),
    ),
    categoryColumn(
      "kind",
      Array.from(x, (one) => (one > 0 ? "large" : "small")),
    ),
    {
      ...categoryColumn(
        "tags",
        Array.from(x, (one, i) => (one > 0.5 ? "high|odd" : i % 5 === 4 ? "odd" : null)),
      ),
      reading: { as: "category", labels: "|" },
    },
  ],
);

test("a table of several targets is prepared, learned, and measured target by target", async () => {
  const preparation = prepare.fit(data);
  const train = applyPreparation(preparation, data);
  expect(train.targets.shape).toEqual([rows, 5]);
  expect(preparation).toMatchObject({
    task: "multitask",
    target: {
      name: "price, kind, tags",
      targets: [{ kind: "number" }, { classes: ["large", "small"] }, { labels: ["high", "odd"] }],
    },
  });
  const loss = joint(jointHeads(preparation.target.kind === "several" ? preparation.target : never(), train.targets));
  const model = network({ hidden: [16], outputs: 5 });
  const { trained, train: measures } = await fit({
    model,
    loss,
    optimizer: adam({ rate: 0.02 }),
    train,
    epochs: 40,
    batch: 20,
  });
  expect(measures.error).toBeLessThan(0.2);
  expect(Object.keys(measures.targets ?? {})).toEqual(["price", "kind", "tags"]);
  const share = 1 / 3;
  let whole = 0;
  for (const sole of soleModels(trained, preparation)) {
    const own = sole.examples(train);
    const alone = await evaluate(sole.trained, own);
    const { cost, error, mistake } = measures.targets?.[sole.name] ?? { cost: 0, error: 0, mistake: 0 };
    expect(alone.cost).toBeCloseTo(cost, 5);
    expect(alone.error).toBeCloseTo(error, 5);
    const head = loss.heads?.find(({ name }) => name === sole.name);
    whole += (share * mistake) / (head?.usualError ?? 1);
  }
  expect(measures.error).toBeCloseTo(whole, 5);
  // what always answering the same comes to is 1, by which the errors are relative
  const { mistakes } = await rowResults(trained, train);
  expect(mistakes.reduce((sum, one) => sum + one, 0) / rows).toBeCloseTo(measures.error, 5);
  const { answers, classes } = await predict(trained, train.inputs);
  expect(answers.shape).toEqual([rows, 5]);
  expect(classes).toBeUndefined();
});

test("weights, losses and widths that do not fit are refused with what was received", async () => {
  const preparation = prepare.fit(data);
  const target = preparation.target.kind === "several" ? preparation.target : never();
  const { targets } = applyPreparation(preparation, data);
  expect(thrown(() => jointHeads(target, targets, { weights: [1, 2] }))).toMatchObject({ code: "loss/weights" });
  expect(thrown(() => joint(jointHeads(target, targets, { weights: [0, 0, 0] })))).toMatchObject({
    code: "loss/weights",
  });
  expect(jointHeads(target, targets, { loss: huber() }).map(({ loss }) => loss.kind)).toEqual([
    "huber",
    "softmaxCrossEntropy",
    "sigmoidCrossEntropy",
  ]);
  const loss = joint(jointHeads(target, targets));
  expect(thrown(() => loss.admit(["batch", 4], targets))).toMatchObject({ code: "loss/shape" });
  const classes = { ...target, targets: target.targets.slice(1, 2) };
  expect(thrown(() => jointHeads(classes, targets, { loss: huber() }))).toMatchObject({ code: "loss/task" });
});

function never(): never {
  throw new Error("the target is one");
}
