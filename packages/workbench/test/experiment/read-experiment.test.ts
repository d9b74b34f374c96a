import { expect, test } from "vitest";
import { parseExperiment, readExperiment } from "../../src/experiment/read-experiment.ts";

const full = `
data: digits.csv
target: digit
task: classification
split: 80/10/10
seed: 3
layers:
  - { kind: dense, units: 32 }
  - tanh
  - { kind: dropout, keep: 0.9 }
  - { kind: dense, units: 10 }
loss: { kind: softmaxCrossEntropy, smoothing: 0.1 }
penalty: { kind: elastic, l1: 1e-5, l2: 1e-4 }
optimizer: { kind: adam, rate: 0.002 }
schedule: { kind: warmup, epochs: 2, schedule: cosine }
batch: 16
epochs: 5
time: 2m
patience: 3
output: models/digits
`;

test("everything that a job can say is read", async () => {
  expect(await parseExperiment(full, "experiment.yaml")).toEqual({
    data: "digits.csv",
    target: "digit",
    task: "classification",
    split: { train: 0.8, dev: 0.1, test: 0.1 },
    seed: 3,
    layers: [{ kind: "dense", units: 32 }, "tanh", { kind: "dropout", keep: 0.9 }, { kind: "dense", units: 10 }],
    loss: { kind: "softmaxCrossEntropy", smoothing: 0.1 },
    penalty: { kind: "elastic", l1: 1e-5, l2: 1e-4 },
    optimizer: { kind: "adam", rate: 0.002 },
    schedule: { kind: "warmup", epochs: 2, schedule: "cosine" },
    batch: 16,
    epochs: 5,
    time: 120,
    patience: 3,
    output: "models/digits",
  });
});

test("an empty file says nothing, and a target may look like a number", async () => {
  expect(await parseExperiment("# later\n", "e.yaml")).toEqual({});
  expect(await parseExperiment("penalty: 0.01\ntarget: 7", "e.yaml")).toEqual({
    penalty: 0.01,
    target: "7",
  });
});

test.each([
  [
    "a typo",
    "data: a.csv\noptimiser: adam",
    "options/unknown",
    'e.yaml, line 2, column 1: there is no key "optimiser"',
    /optimizer/,
  ],
  [
    "a typo within",
    "split:\n  train: 0.6\n  dve: 0.4",
    "options/unknown",
    'e.yaml, line 3, column 3: split has no option "dve"',
    /dev/,
  ],
  [
    "text for a number",
    "seed: 1\nbatch: many",
    "options/type",
    'e.yaml, line 2, column 1: batch: expected a whole number, received "many"',
  ],
  [
    "a fraction for a whole number",
    "epochs: 1.5",
    "options/range",
    "e.yaml, line 1, column 1: epochs must be a whole number not below 1, received 1.5",
  ],
  [
    "a number too small",
    "batch: 0",
    "options/range",
    "e.yaml, line 1, column 1: batch must be a whole number not below 1, received 0",
  ],
  [
    "a word that is none of a few",
    "task: guess",
    "options/range",
    'line 1, column 1: task must be classification, regression or multitask, received "guess"',
  ],
  [
    "shares that do not sum to 100",
    "split: 50/20/20",
    "data/fractions",
    'line 1, column 1: split: a split is written as train/dev/test percentages that sum to 100, got "50/20/20"',
  ],
  [
    "a bad item of a list",
    "hidden:\n  - 64\n  - wide",
    "options/type",
    'line 3, column 5: hidden[1]: expected a whole number, received "wide"',
  ],
  [
    "a time that is none",
    "time: soon",
    "options/range",
    'line 1, column 1: time: a time is written as 60s, 5m or 1h 30m, received "soon"',
  ],
  [
    "an unknown layer",
    "layers:\n  - dense\n  - { kind: densse, units: 3 }",
    "options/missing",
    "line 2, column 5: layers[0] dense needs the option",
  ],
  [
    "an unknown kind",
    "layers:\n  - { kind: densse, units: 3 }",
    "options/kind",
    'line 2, column 5: layers[0]: "densse" is no kind of layer',
    /dense/,
  ],
  [
    "an unknown option of a kind",
    "optimizer:\n  kind: adam\n  ratte: 1",
    "options/unknown",
    'line 3, column 3: optimizer adam has no option "ratte"',
    /rate/,
  ],
  [
    "a layer for an activation",
    "activation: dropout",
    "options/kind",
    'activation: "dropout" is no kind of activation',
  ],
  ["no YAML", "data: [a", "experiment/syntax", "e.yaml, line 1"],
  ["no keys at all", "- 1\n- 2", "options/type", "expected options by name"],
])("%s is named with its place", async (_what, text, code, message, hint = /.*/s) => {
  const error = await parseExperiment(text, "e.yaml").catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  expect(String((error as { hint?: string }).hint)).toMatch(hint);
});

test("a file that is not there is named", async () => {
  await expect(readExperiment("/nowhere/e.yaml")).rejects.toThrow(expect.objectContaining({ code: "files/missing" }));
});
