/** What callers without a type checker hand in is refused by field and path, and never learned from. */
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { chain } from "../../src/nn/chain.ts";
import { dense } from "../../src/nn/dense.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { adam } from "../../src/optim/adam.ts";
import { fit } from "../../src/train/fit.ts";
import type { Job } from "../../src/train/job.ts";
import { evaluate, predict } from "../../src/train/trained.ts";

const inputs = ndarray(new Float32Array(12), [4, 3]);
const targets = ndarray(new Float32Array(8), [4, 2]);
const train = { rows: 4, inputs, targets };
const job = { model: chain(dense(2)), loss: squaredError(), optimizer: adam(), train, epochs: 1 };
const run = (changes: object) => fit({ ...job, ...changes } as unknown as Job);

test.each<readonly [string, object, object]>([
  ["a forgotten loss", { loss: undefined }, { code: "options/missing", message: expect.stringContaining('"loss"') }],
  [
    "lists in place of arrays",
    { train: { ...train, inputs: [[1, 2, 3]] } },
    {
      code: "options/type",
      message: expect.stringContaining("job › train › inputs"),
      hint: "make an array of it: ndarray(rows.flat(), [1, 3])",
    },
  ],
  [
    "lists of numbers",
    { train: { ...train, targets: [1, 2, 3, 4] } },
    { hint: "make an array of it: ndarray(numbers, [4])" },
  ],
  [
    "typed arrays without a shape",
    { train: { ...train, targets: new Float32Array(8) } },
    { message: expect.stringContaining("received a Float32Array"), hint: "give its shape too: ndarray(numbers, [8])" },
  ],
  [
    "examples without rows",
    { train: { inputs, targets } },
    { code: "options/type", message: expect.stringContaining("job › train") },
  ],
  [
    "rows that are no number",
    { train: { ...train, rows: "4" } },
    { message: expect.stringContaining("job › train › rows") },
  ],
  ["rows that disagree", { train: { ...train, rows: 5 } }, { code: "train/rows" }],
  [
    "a shape that its numbers do not fill",
    { train: { ...train, inputs: { ...inputs, shape: [4, 4] } } },
    { code: "array/length" },
  ],
  [
    "a dtype that is not that of the numbers",
    { train: { ...train, inputs: { ...inputs, dtype: "int32" } } },
    { code: "array/dtype" },
  ],
  [
    "a mask that is a list",
    { train: { ...train, mask: [1, 1, 0, 1] } },
    { message: expect.stringContaining("job › train › mask") },
  ],
  [
    "one of several inputs",
    { train: { ...train, inputs: { words: inputs, more: [1] } } },
    { message: expect.stringContaining("job › train › inputs › more") },
  ],
  [
    "numbers of 64 bits",
    { train: { ...train, inputs: ndarray(new Float64Array(12), [4, 3]) } },
    { code: "train/dtype", message: expect.stringContaining("inputs of train are float64") },
  ],
  [
    "dev of another width",
    { dev: { rows: 1, inputs: ndarray([1, 2], [1, 2]), targets: ndarray([1, 2], [1, 2]) } },
    { code: "train/dev", message: "dev holds inputs: float32 [rows, 2], and train inputs: float32 [rows, 3]" },
  ],
  [
    "dev of another dtype",
    { dev: { ...train, targets: ndarray(Int32Array.of(0, 1, 0, 1), [4]) } },
    { code: "train/dev" },
  ],
  ["dev as a list", { dev: [1] }, { message: expect.stringContaining("job › dev") }],
  [
    "weights in a record",
    { weights: { "dense1.bias": [0, 0] } },
    { message: expect.stringContaining("job › weights: expected a Map") },
  ],
  [
    "weights that are lists",
    { weights: new Map([["dense1.bias", [0, 0]]]) },
    { message: expect.stringContaining("job › weights › dense1.bias") },
  ],
])("refused: %s", async (_, changes, error) => {
  await expect(run(changes)).rejects.toMatchObject(error);
});

test("predictions and evaluations name what they were given", async () => {
  const finished = await fit(job);
  const { trained } = finished;
  await expect(predict(trained, [[1, 2, 3]] as never)).rejects.toMatchObject({
    hint: "make an array of it: ndarray(rows.flat(), [1, 3])",
  });
  await expect(predict(finished as never, inputs)).rejects.toMatchObject({
    code: "options/type",
    hint: "give its `trained`",
  });
  await expect(predict(trained, ndarray([1, 2, 3], [3]))).rejects.toMatchObject({
    code: "predict/shape",
    hint: "for a single example give the shape [1, 3]",
  });
  await expect(evaluate(trained, { rows: 1, inputs: [1], targets: [1] } as never)).rejects.toMatchObject({
    message: expect.stringContaining("evaluate › data › inputs"),
  });
  await expect(evaluate(undefined as never, train)).rejects.toMatchObject({ code: "options/type" });
});
