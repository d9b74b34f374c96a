/** A run explained by its dev rows: what made the targets is found, what did not is not. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, seedKey, uniform } from "nabla";
import { afterAll, expect, test } from "vitest";
import type { PartialExperiment } from "../../src/experiment/fields.ts";
import { explainRun } from "../../src/runs/explain-run.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { explanationDocument, explanationText } from "../../src/terminal/explanation.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-explain-"));
const store = await openStore(join(home, "runs.db"));
afterAll(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

const data = join(home, "rows.csv");
const draws = uniform(seedKey(8), 900);
const lines = Array.from({ length: 300 }, (_, i) => {
  const [area = 0, noise = 0, day = 0] = [draws[3 * i], draws[3 * i + 1], draws[3 * i + 2]].map((draw) => draw ?? 0);
  const sold = new Date(Date.UTC(2020, 0, 1 + Math.floor(day * 700))).toISOString().slice(0, 10);
  const heating = i % 2 === 0 ? "gas" : "coal";
  const price = 100 * area + (heating === "gas" ? 40 : 0);
  return [area.toFixed(4), noise.toFixed(4), sold, heating, price.toFixed(2), price > 70 ? "dear" : "cheap"].join();
});
await writeFile(data, ["area,noise,sold,heating,price,kind", ...lines].join("\n"));

async function trained(changes: PartialExperiment & { readonly target: string }): Promise<string> {
  const small = { hidden: [8], epochs: 40, rate: 0.02, members: 1, refit: "none" } as const;
  return (await drain(trainFile({ data, ...small, ...changes }, { store, folder: home }))).run;
}

test("numbers: importance, curves in the column's own terms, and a prediction taken apart", async () => {
  const run = await trained({ target: "price", ignore: ["kind"] });
  const found = await explainRun(run, { store, data, rows: 2 });
  const { importance, effects, predictions, outputs, rows } = found;
  expect(outputs).toEqual(["price"]);
  expect(rows).toBeGreaterThan(30);
  expect(importance.map(({ column }) => column).slice(0, 2)).toEqual(["area", "heating"]);
  expect(importance[1]?.interval.from).toBeGreaterThan(0);
  expect(importance.find(({ column }) => column === "noise")?.rise).toBeLessThan(0.1);
  // names have no curve; dates are written as dates
  expect(effects.map(({ column }) => column).toSorted()).toEqual(["area", "noise", "sold"]);
  expect(String(effects.find(({ column }) => column === "sold")?.labels[0])).toMatch(/^202\d-\d\d-\d\d$/);
  const [curve = []] = effects.find(({ column }) => column === "area")?.effects ?? [];
  expect((curve.at(-1) ?? 0) - (curve[0] ?? 0)).toBeGreaterThan(70);
  expect(predictions.map(({ place }) => place)).toEqual(["row 2", "row 3"]);
  for (const { shares, value, base, cells } of predictions) {
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(value - base, 3);
    expect(Object.keys(cells)).toEqual(["area", "noise", "sold", "heating"]);
  }
  const text = explanationText(found);
  expect(text).toMatch(/^column +error rises by[\s\S]*\narea +\d/);
  expect(text).toMatch(/row 2[\s\S]*moves it by/);
  expect(explanationDocument(found)).toMatchObject({ run, on: "dev", importance: [{ column: "area" }, {}, {}, {}] });
});

test("classes: a curve for each, in probabilities that sum to nothing", async () => {
  const run = await trained({ target: "kind", ignore: ["price"] });
  const { outputs, effects, importance, predictions } = await explainRun(run, { store });
  expect(outputs).toEqual(["cheap", "dear"]);
  expect(importance[0]?.column).toBe("area");
  expect(predictions).toEqual([]);
  const [cheap = [], dear = []] = effects.find(({ column }) => column === "area")?.effects ?? [];
  expect((dear.at(-1) ?? 0) - (dear[0] ?? 0)).toBeGreaterThan(0.5);
  for (const [i, value] of cheap.entries()) expect(value).toBeCloseTo(-(dear[i] ?? 0), 4);
});
