import { expect, test } from "vitest";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { adam } from "../../src/optim/adam.ts";
import { movingAverage } from "../../src/train/averaging.ts";
import { resolveJob } from "../../src/train/job.ts";
import { thrown } from "../data/thrown.ts";
import { smallJob } from "./small-job.ts";

const { train } = smallJob();

// as JavaScript could write it: no compiler has looked
test.for<readonly [part: object, code: string, message: string]>([
  [{ loss: undefined }, "options/missing", 'a job needs the option "loss": a loss, or losses by name'],
  [{ model: undefined }, "options/missing", 'a job needs the option "model"'],
  [{ optimizer: undefined }, "options/missing", 'a job needs the option "optimizer"'],
  [{ train: undefined }, "options/missing", 'a job needs the option "train"'],
  [{ optimiser: adam() }, "options/unknown", 'a job has no option "optimiser"'],
  [
    { model: dense },
    "options/type",
    "job › model: expected what nabla's layer functions give, received the function dense",
  ],
  [
    { model: { kind: "dense", units: 2 } },
    "options/type",
    'job › model: expected what nabla\'s layer functions give, received {"kind":"dense","units":2}',
  ],
  [{ loss: null }, "options/type", "job › loss: expected a loss, or losses by name, received null"],
  [{ loss: softmaxCrossEntropy }, "options/type", "received the function softmaxCrossEntropy"],
  [{ loss: { kind: "softmaxCrossEntropy" } }, "options/type", "job › loss: expected what nabla's loss functions give"],
  [{ loss: { a: softmaxCrossEntropy } }, "options/type", "job › loss › a: expected what nabla's loss functions give"],
  [
    { loss: { a: { loss: 3, weight: 1 } } },
    "options/type",
    "job › loss › a: expected what nabla's loss functions give, received 3",
  ],
  [
    { optimizer: "adam" },
    "options/type",
    'job › optimizer: expected what nabla\'s optimizer functions give, received "adam"',
  ],
  [{ schedule: "cosine" }, "options/type", "schedule: expected what one of nabla's schedule functions makes"],
  [{ penalty: "l2" }, "options/type", "penalty: expected"],
  [
    { average: movingAverage },
    "options/type",
    "average: expected what one of nabla's average functions makes, received the function movingAverage",
  ],
  [{ engine: "wasm" }, "options/type", "job › engine: expected an engine, as reference or wasm"],
  [{ augment: "shift" }, "options/type", 'augment: expected a list, received "shift"'],
  [{ augment: ["shift"] }, "options/type", "augment[0]: expected what one of"],
  [
    { train: [[1, 2]] },
    "options/type",
    "job › train: expected examples { rows, inputs, targets } or a table, received [[1,2]]",
  ],
  [
    { train: { ...train, rows: undefined } },
    "options/type",
    "job › train: expected examples { rows, inputs, targets }",
  ],
  [
    { train: { ...train, targets: undefined } },
    "options/type",
    "job › train › targets: expected an array, or arrays by name, received nothing",
  ],
  [{ train: { ...train, mask: [1, 0] } }, "options/type", "job › train › mask: expected an array, or arrays by name"],
  [
    { train: { ...train, sequences: "inputs" } },
    "options/type",
    'train › sequences: expected a list of inputs, received "inputs"',
  ],
  [{ dev: { ...train, inputs: [[1, 2]] } }, "options/type", "job › dev › inputs: expected an array, or arrays by name"],
  [{ batch: "8" }, "options/type", 'batch: expected a whole number, received "8"'],
])("a job with %o is refused by name", ([part, code, message]) => {
  expect(thrown(() => resolveJob({ ...smallJob(), ...part }))).toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("a job that is none is refused, and one whose optional parts are open is not", () => {
  expect(thrown(() => resolveJob(undefined as never)).message).toContain(
    "expected a record with model, loss, optimizer",
  );
  expect(resolveJob({ ...smallJob(), penalty: undefined, dev: undefined } as never).penalty).toBeUndefined();
});
