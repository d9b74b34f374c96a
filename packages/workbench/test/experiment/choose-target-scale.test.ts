import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normal, seedKey, uniform } from "nabla";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { type Plan, planExperiment } from "../../src/experiment/plan.ts";
import { planStudy } from "../../src/studies/study-plan.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-choice-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ROWS = 240;
const [sizes, ages, noise] = [1, 2, 3].map((seed) => normal(seedKey(seed), ROWS));
const at = (values: Float64Array | undefined, row: number): number => values?.[row] ?? Number.NaN;
/** Effects that multiply. */
const price = (row: number): number =>
  Math.round(1000 * Math.exp(1.1 * at(sizes, row) + 0.6 * at(ages, row) + 0.15 * at(noise, row)));
/** Effects that add up. */
const count = (row: number): number =>
  Math.max(0, Math.round(20 + 12 * at(sizes, row) + 5 * at(ages, row) + 3 * at(noise, row)));

async function planned(target: (row: number) => number, more: Partial<Experiment> = {}): Promise<Plan> {
  const lines = Array.from({ length: ROWS }, (_, row) => [at(sizes, row), at(ages, row), target(row), row % 40].join());
  const data = join(folder, "rows.csv");
  writeFileSync(data, `${["size,age,y,owner", ...lines].join("\n")}\n`);
  const small = { hidden: [8], epochs: 30, rate: 0.02, seed: 1, ignore: ["owner"] };
  return await planExperiment({ ...small, data, target: "y", ...more });
}

const chosen = async (...given: Parameters<typeof planned>): Promise<readonly [string, boolean]> => {
  const { resolved, prepared, notices } = await planned(...given);
  const { target } = prepared.preparation;
  expect(target.kind === "number" && (target.scale ?? "none")).toBe(resolved.targetScale);
  return [resolved.targetScale, notices.some(({ code }) => code === "data/scale-chosen")];
};

test("a number whose effects multiply is learned on a log scale, which is said with the option that decides otherwise", async () => {
  const { resolved, notices } = await planned(price);
  expect(resolved.targetScale).toBe("log");
  const { message } = notices.find(({ code }) => code === "data/scale-chosen") ?? { message: "" };
  expect(message).toMatch(/^y is predicted better on a log scale: .* [1-9][\d.]*% lower \(--target-scale none /);
  expect(await chosen(price, { targetScale: "none" })).toEqual(["none", false]);
  // runs that share a split share the choice, by the very same trials
  const [one, other] = [await planned(price, { splitSeed: 4 }), await planned(price, { splitSeed: 4, seed: 9 })];
  expect(other.notices).toEqual(one.notices);
});

test("counts whose effects multiply are learned by the Poisson deviance, in trainings and studies, where no loss is named", async () => {
  const draws = uniform(seedKey(4), ROWS);
  // the count below which so much of Poisson's probability lies as was drawn
  const calls = (row: number): number => {
    const rate = 3 * Math.exp(at(sizes, row) + 0.6 * at(ages, row));
    let [number, share, below] = [0, Math.exp(-rate), Math.exp(-rate)];
    while (below < at(draws, row) && number < 1000) {
      number += 1;
      share *= rate / number;
      below += share;
    }
    return number;
  };
  const { resolved, prepared, notices } = await planned(calls);
  expect([resolved.targetScale, resolved.loss]).toEqual(["mean", { kind: "poisson" }]);
  expect(prepared.preparation.target).toMatchObject({ kind: "number", mean: 0 });
  const { message } = notices.find(({ code }) => code === "data/scale-chosen") ?? { message: "" };
  expect(message).toMatch(/^y is predicted better as a count, by the Poisson deviance: .* [1-9][\d.]*% lower/);
  const { data, epochs } = resolved;
  const small = { data, target: "y", hidden: [8], epochs, rate: 0.02, ignore: ["owner"] };
  const study = await planStudy(small, { seed: 1 });
  expect([study.experiment.targetScale, study.experiment.loss]).toEqual(["mean", "poisson"]);
  expect((await planned(calls, { loss: "squaredError" })).resolved.loss).toMatchObject({ kind: "squaredError" });
  const named = await planStudy({ ...small, loss: "poisson" }, { seed: 1 });
  expect(named.experiment.targetScale).toBe("mean");
});

test("nobody is asked to try a log scale that has been tried", async () => {
  // a few large values outweigh all others, and effects add up nevertheless
  const few = (row: number): number => (row % 30 === 0 ? 40 * count(row) + 400 : count(row) / 10);
  const asks = ({ notices }: Plan): boolean => notices.some(({ code }) => code === "data/skewed-target");
  expect(asks(await planned(few, { targetScale: "none" }))).toBe(true);
  expect(asks(await planned(few))).toBe(false);
});

test("the trials of a study learn a number on the scale that a training would choose", async () => {
  const { resolved } = await planned(price);
  const { data, epochs } = resolved;
  const small = { data, target: "y", hidden: [8], epochs, rate: 0.02, ignore: ["owner"] };
  const { experiment, prepared } = await planStudy(small, { seed: 1 });
  expect(experiment.targetScale).toBe("log");
  expect(prepared.preparation.target).toMatchObject({ scale: "log" });
});

test("a number whose effects add up stays on its own scale, as does one that is ever negative", async () => {
  expect(await chosen(count)).toEqual(["none", false]);
  expect(await chosen((row) => price(row) - 1000)).toEqual(["none", false]);
});

test("rows of groups or in order of time are not torn apart to try scales, and classes have none", async () => {
  expect(await chosen(price, { group: "owner", ignore: [] })).toEqual(["none", false]);
  expect(await chosen(price, { timeColumn: "owner", ignore: [] })).toEqual(["none", false]);
  const { resolved } = await planned((row) => row % 2, { task: "classification" });
  expect(resolved.targetScale).toBe("none");
});
