import { expect, test } from "vitest";
import type { PartialExperiment } from "../../src/experiment/fields.ts";
import { withValues } from "../../src/studies/hyperparameters.ts";

const bare: PartialExperiment = {};

test("O1 the notes' hyperparameters become parts of an experiment, in any order", () => {
  const values = {
    activation: "tanh",
    penalty: 0.01,
    layers: 2,
    units: 24,
    schedule: { kind: "inverseTime", decay: 0.1 },
    optimizer: { kind: "adam", beta1: 0.95, beta2: 0.995 },
    batch: 64,
    rate: 0.02,
    keep: 0.7,
  };
  expect(withValues({ target: "digit" }, values)).toEqual({
    target: "digit",
    optimizer: { kind: "adam", beta1: 0.95, beta2: 0.995 },
    rate: 0.02,
    batch: 64,
    hidden: [24, 24],
    schedule: { kind: "inverseTime", decay: 0.1 },
    penalty: 0.01,
    activation: "tanh",
    keep: 0.7,
  });
});

test("the default optimizer's own rate stays below the one that is searched", () => {
  expect(withValues({ target: "digit" }, { optimizer: { kind: "adamW", beta1: 0.95 }, rate: 0.02 })).toMatchObject({
    optimizer: { kind: "adamW", rate: 0.003, beta1: 0.95, beta2: 0.999, decay: 0.5 },
    rate: 0.02,
  });
});

test("settings go to the optimizer that is there, under the name that it has for them", () => {
  expect(withValues({ optimizer: "momentum" }, { momentum: 0.99 })).toEqual({
    optimizer: { kind: "momentum", beta: 0.99 },
  });
  expect(withValues({ optimizer: { kind: "adam", rate: 0.1 } }, { momentum: 0.8 })).toEqual({
    optimizer: { kind: "adam", rate: 0.1, beta1: 0.8 },
  });
  expect(withValues({ optimizer: { kind: "adamW" } }, { weightDecay: 0.1, beta2: 0.99 })).toEqual({
    optimizer: { kind: "adamW", beta2: 0.99, decay: 0.1 },
  });
});

test("what is said of the same optimizer stays, what is said of another goes", () => {
  const given = { optimizer: { kind: "adam", epsilon: 1e-6 } };
  expect(withValues(given, { optimizer: "adam" }).optimizer).toEqual({ kind: "adam", epsilon: 1e-6 });
  expect(withValues(given, { optimizer: "momentum" }).optimizer).toEqual({ kind: "momentum" });
});

test("hidden layers come as a list, as one number, or by how many there are", () => {
  expect(withValues(bare, { hidden: [32, 8] }).hidden).toEqual([32, 8]);
  expect(withValues(bare, { hidden: 16 }).hidden).toEqual([16]);
  expect(withValues({ ...bare, hidden: [10, 5] }, { units: 7 }).hidden).toEqual([7, 7]);
  expect(withValues({ hidden: [10, 5] }, { layers: 3 }).hidden).toEqual([10, 10, 10]);
});

test("a penalty may be of another kind, or none", () => {
  expect(withValues(bare, { penalty: { kind: "l1", strength: 0.1 } }).penalty).toEqual({ kind: "l1", strength: 0.1 });
  expect(withValues({ ...bare, penalty: "l2" }, { penalty: { kind: "none" } })).toEqual({});
  expect(withValues(bare, { lambda: 0.2 }).penalty).toBe(0.2);
});

test("an unknown name is refused with the nearest, and one that decides the data with why", () => {
  const attempt = (name: string) => () => withValues(bare, { [name]: 1 });
  expect(attempt("bacth")).toThrow(
    expect.objectContaining({
      message: 'there is no hyperparameter "bacth"',
      hint: expect.stringContaining("did you mean batch"),
    }),
  );
  expect(attempt("scaling")).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("prepared once for all trials") }),
  );
});
