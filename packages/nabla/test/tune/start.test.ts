import { describe, expect, test } from "vitest";
import { choice, integer, logUniform, oneMinusLog, uniform } from "../../src/base/domain.ts";
import { meanOf } from "../../src/base/statistics/summary.ts";
import { samplerFrom } from "../../src/tune/samplers.ts";
import { branch, repeat } from "../../src/tune/space.ts";
import { spaceToJson } from "../../src/tune/space-json.ts";
import { spaceAround, valuesWithin } from "../../src/tune/start.ts";
import { study, studyFrom } from "../../src/tune/study.ts";

const space = {
  rate: logUniform(1e-3, 0.1),
  act: choice("relu", "tanh"),
  optimizer: branch({ adam: { beta1: oneMinusLog(0.9, 0.999) }, momentum: {} }),
  hidden: repeat(integer(1, 2), integer(4, 64)),
  keep: uniform(0.5, 1),
};
const values = { rate: 0.2, act: "gelu", optimizer: "lion", hidden: 2, "hidden.1": 16, "hidden.2": 8, keep: 0.8 };

describe("what a training has by default", () => {
  test("is put into a space where it lies outside, and nothing else changes", () => {
    const wider = spaceAround(space, values);
    expect(spaceToJson(wider)).toEqual({
      ...spaceToJson(space),
      rate: { logUniform: [1e-3, 0.2] },
      act: { choice: ["relu", "tanh", "gelu"] },
      optimizer: { branch: { adam: { beta1: { oneMinusLog: [0.9, 0.999] } }, momentum: {}, lion: {} } },
    });
    expect(spaceToJson(spaceAround(space, { rate: 0.01, act: "tanh", "optimizer.adam.beta1": 0.5 }))).toEqual({
      ...spaceToJson(space),
      optimizer: { branch: { adam: { beta1: { oneMinusLog: [0.5, 0.999] } }, momentum: {} } },
    });
    // no power of ten is 0
    expect(spaceToJson(spaceAround({ rate: space.rate }, { rate: 0 }))).toEqual({ rate: { logUniform: [1e-3, 0.1] } });
  });

  test("is what lies in the space, as a trial's values", () => {
    expect(valuesWithin(space, values)).toEqual({ hidden: [16, 8], keep: 0.8 });
    expect(valuesWithin(spaceAround(space, values), values)).toEqual({
      ...{ rate: 0.2, act: "gelu", optimizer: { kind: "lion" }, hidden: [16, 8], keep: 0.8 },
    });
    expect(valuesWithin(space, { optimizer: "adam", "optimizer.adam.beta1": 0.95 })).toEqual({
      optimizer: { kind: "adam", beta1: 0.95 },
    });
  });
});

describe("a study with a start", () => {
  const start = { rate: 0.01, act: "tanh", optimizer: { kind: "adam", beta1: 0.95 }, hidden: [32], keep: 0.9 };

  test("tries it first, and says so in its definition", () => {
    const one = study({ space, start, sampler: samplerFrom("coarseToFine") });
    expect(one.ask()?.values).toEqual(start);
    const again = studyFrom(JSON.parse(JSON.stringify(one.definition)));
    expect(again.start).toEqual(start);
    expect(again.ask()?.values).toEqual(start);
    expect(again.ask()?.values).toEqual(one.ask()?.values);
    expect(study({ space }).definition).not.toHaveProperty("start");
  });

  test.each(["coarseToFine", "tpe", "gp", "cmaEs"])("%s stays near it at first, and moves few axes", async (kind) => {
    const distances = [1, 2, 3, 4, 5, 6].map((seed) => {
      const one = study({ space, start, seed, sampler: samplerFrom(kind) });
      const [first, ...others] = Array.from({ length: 7 }, () => one.ask()?.units ?? {});
      return meanOf(others.map((units) => Math.abs((units.rate ?? 1) - (first?.rate ?? 0))));
    });
    // points of the whole space are 0.25 away on the average
    expect(meanOf(distances)).toBeLessThan(0.18);
  });

  test("finds what lies far from it all the same", async () => {
    const far = { x: uniform(0, 1), y: uniform(0, 1) };
    const one = study({ space: far, start: { x: 0.1, y: 0.1 }, sampler: samplerFrom("coarseToFine"), seed: 3 });
    const { best } = await one.run(64, ({ values: { x, y } }) => (x - 0.9) ** 2 + (y - 0.8) ** 2);
    expect(best?.value).toBeLessThan(0.01);
  });
});
