import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTrained, saveTrained } from "../../src/store/trained-model.ts";
import { nabla, penguins, workFolder } from "../commands/nabla.ts";

const short = ["--epochs", "3", "--hidden", "8"];

test("train writes a report beside the model and prints its path; report writes it again elsewhere", async () => {
  const folder = workFolder();
  const { code, stdout, stderr } = await nabla(["train", penguins, "--target", "sex", ...short], { folder });
  const place = /Report {4}(\S+)/.exec(stdout)?.[1] ?? "";
  expect([code, stderr.includes("note:")]).toEqual([0, false]);
  expect(place).toMatch(/^\.nabla\/models\/penguins-\w+-report\.html$/);
  expect(statSync(join(folder, place)).size).toBeLessThan(1e6);
  const run = place.slice(".nabla/models/".length, -"-report.html".length);
  expect(readdirSync(join(folder, ".nabla", "models", run)).sort()).toEqual(["model.json", "weights.safetensors"]);
  const again = await nabla(["report", run, "--out", "told/page.html", "--json"], { folder });
  expect(JSON.parse(again.stdout)).toEqual({ report: "told/page.html", rows: "told/page-rows.csv" });
  expect(readFileSync(join(folder, "told", "page.html"), "utf8")).toContain("<h2>Threshold for FEMALE</h2>");

  const model = await loadTrained(join(folder, ".nabla", "models", run));
  await saveTrained(join(folder, "sure"), { ...model, temperature: 2 });
  const answers = async (...options: readonly string[]): Promise<readonly (readonly string[])[]> =>
    (await nabla(["predict", "sure", penguins, ...options], { folder })).stdout
      .trim()
      .split("\n")
      .map((line) => line.split(","));
  const [plain, calibrated] = [await answers("--raw"), await answers()];
  expect(await answers("--calibrated")).toEqual(calibrated);
  expect(calibrated.map(([prediction]) => prediction)).toEqual(plain.map(([prediction]) => prediction));
  const [first = 0, second = 0] = (plain[1] ?? []).slice(1).map(Number);
  const odds = (first / second) ** (1 / 2);
  expect(Number(calibrated[1]?.[1])).toBeCloseTo(odds / (1 + odds), 4);
});

test("--no-report writes none; a regression has no temperature; a missing run is one sentence", async () => {
  const folder = workFolder();
  const words = ["train", penguins, "--target", "body_mass_g", ...short, "--no-report", "--json"];
  const { code, stdout, stderr } = await nabla(words, { folder });
  const { model, run } = JSON.parse(stdout);
  expect([code, stderr, existsSync(`${model}-report.html`)]).toEqual([0, "", false]);
  const refused = await nabla(["predict", run, penguins, "--calibrated"], { folder });
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toMatch(/^error: the model holds no temperature .*: it predicts numbers\nhint: [^\n]*\n$/);
  const missing = await nabla(["report", "nothing"], { folder });
  expect(missing.code).toBe(1);
  expect(missing.stderr).toMatch(/^error: [^\n]*nothing[^\n]*\n(hint: [^\n]*\n)?$/);
});
