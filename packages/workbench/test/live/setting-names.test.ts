import { expect, test } from "vitest";
import { settingsFor, shortNames } from "../../src/live/setting-names.ts";

const paths = [
  "rate",
  "adam1.beta1",
  "adam1.epsilon",
  "penalty.l2",
  "batchNorm1.epsilon",
  "dropout1.keep",
  "dropout2.keep",
  "residual1.dropout1.keep",
  "batch",
];

const refusal = (name: string, among: readonly string[] = paths) => {
  try {
    return settingsFor(name, among);
  } catch (error) {
    return error;
  }
};

test("a name is a path, its last word, or that with the number of its layer", () => {
  expect(settingsFor("rate", paths)).toEqual(["rate"]);
  expect(settingsFor("dropout2.keep", paths)).toEqual(["dropout2.keep"]);
  expect(settingsFor("keep.2", paths)).toEqual(["dropout2.keep"]);
  expect(settingsFor("beta1", paths)).toEqual(["adam1.beta1"]);
  expect(settingsFor("penalty", paths)).toEqual(["penalty.l2"]);
  expect(settingsFor("l2", paths)).toEqual(["penalty.l2"]);
});

test("a word that layers of one kind share means all of them", () => {
  const plain = ["rate", "dropout1.keep", "dropout2.keep"];
  expect(settingsFor("keep", plain)).toEqual(["dropout1.keep", "dropout2.keep"]);
  expect(settingsFor("keep.1", plain)).toEqual(["dropout1.keep"]);
});

test("what may be several things is refused with all of them", () => {
  expect(refusal("epsilon")).toMatchObject({
    code: "live/setting",
    message: '"epsilon" may be adam1.epsilon or batchNorm1.epsilon',
  });
  expect(refusal("keep.1")).toMatchObject({ message: '"keep.1" may be dropout1.keep or residual1.dropout1.keep' });
  expect(refusal("penalty", ["penalty.l1", "penalty.l2"])).toMatchObject({
    message: '"penalty" may be penalty.l1 or penalty.l2',
  });
});

test("an unknown name is refused with the nearest and with all there are", () => {
  expect(refusal("raet")).toMatchObject({
    code: "live/setting",
    message: 'this run has no setting "raet"',
    hint: expect.stringMatching(/^did you mean rate,.*There are rate, beta1, adam1\.epsilon, penalty, .* and batch$/),
  });
  expect(refusal("keep.3")).toMatchObject({ hint: expect.stringContaining("keep.2") });
  expect(refusal("keep", ["rate", "batch"])).toMatchObject({ hint: expect.stringContaining("no dropout") });
  expect(refusal("penalty", ["rate", "batch"])).toMatchObject({ hint: expect.stringContaining("--penalty 0") });
});

test("the short name of a setting means that one alone", () => {
  expect(shortNames(paths)).toEqual([
    "rate",
    "beta1",
    "adam1.epsilon",
    "penalty",
    "batchNorm1.epsilon",
    "dropout1.keep",
    "keep.2",
    "residual1.dropout1.keep",
    "batch",
  ]);
  for (const [i, name] of shortNames(paths).entries()) expect(settingsFor(name, paths)).toEqual([paths[i]]);
});
