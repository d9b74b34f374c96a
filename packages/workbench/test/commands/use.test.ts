import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { beforeAll, expect, test } from "vitest";
import { nabla, penguins, start, workFolder } from "./nabla.ts";

/** A model trained on penguins, made once; each test works in a folder of its own. */
const shared = mkdtempSync(join(tmpdir(), "nabla-shared-"));
const store = join(shared, "runs.db");
const model = join(shared, "penguins");
let run = "";

beforeAll(async () => {
  const { stdout } = await nabla(
    ["train", penguins, "--target", "species", "--json", "--store", store, "--out", model],
    { folder: shared },
  );
  ({ run } = JSON.parse(stdout));
});

test("evaluate opens the test part, gives a 95% interval and counts the looks", async () => {
  const folder = workFolder();
  const words = ["evaluate", run, "--on", "test", "--store", store];
  const first = await nabla([...words, "--json"], { folder });
  const { rows, error, intervals, testEvaluations } = JSON.parse(first.stdout);
  expect([rows, testEvaluations]).toEqual([69, 1]);
  expect(intervals.error.from).toBeLessThanOrEqual(error);
  expect(intervals.error.to).toBeGreaterThan(error);
  // Wilson's interval for 0 of 69 ends at z²/(n + z²)
  if (error === 0) expect(intervals.error.to).toBeCloseTo(3.8415 / (69 + 3.8415), 4);
  expect((await nabla(words, { folder })).stdout).toMatch(/95% interval[\s\S]*test evaluations: 2/);
  expect((await nabla(["evaluate", run, "--on", "dev", "--store", store], { folder })).stdout).not.toContain("peeks");
  const shown = await nabla(["show", run, "--store", store], { folder });
  expect(shown.stdout).toContain("test evaluations: 2");
  expect(shown.stdout).toMatch(/dense 128 → relu/);
});

test("serve answers over HTTP until it is asked to end", async () => {
  const { child, ended } = start(["serve", model, "--port", "0"], { folder: workFolder() });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += chunk;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on("close", () => reject(new Error(`it ended: ${said}`)));
  });
  const bill = { bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181, body_mass_g: 3750 };
  const row = { island: "Torgersen", ...bill, sex: "MALE" };
  const response = await fetch(`${url}/predict`, { method: "POST", body: JSON.stringify(row) });
  expect(await response.json()).toMatchObject({ prediction: "Adelie" });
  child.kill("SIGTERM");
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([0, expect.stringContaining("ending")]);
});

const lines = (text: string): string[] => text.trim().split("\n");

test("predict takes columns in any order, ignores others with a note, and names one that is missing", async () => {
  const folder = workFolder();
  const [header = "", ...rows] = lines(readFileSync(penguins, "utf8"));
  const turned = [header, ...rows].map((row, i) => [...row.split(","), i === 0 ? "keeper" : "Ann"].reverse().join(","));
  writeFileSync(join(folder, "turned.csv"), turned.join("\n"));
  const straight = await nabla(["predict", model, penguins], { folder });
  const reversed = await nabla(["predict", model, "turned.csv", "--out", "p.csv"], { folder });
  expect(reversed.code).toBe(0);
  expect(reversed.stderr).toMatch(/note: the model does not use column keeper\n344 predictions in p\.csv/);
  expect(readFileSync(join(folder, "p.csv"), "utf8")).toBe(straight.stdout);
  const [head, ...answers] = lines(straight.stdout);
  expect(head).toBe("prediction,probability_Adelie,probability_Chinstrap,probability_Gentoo");
  expect(answers).toHaveLength(344);
  const right = answers.filter((answer, i) => answer.split(",")[0] === rows[i]?.split(",")[0]);
  expect(right.length).toBeGreaterThan(330);
  for (const answer of answers) {
    const sum = answer
      .split(",")
      .slice(1)
      .map(Number)
      .reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 5);
  }
  const lacking = [header, ...rows].map((row) => row.split(",").slice(0, 4).join(","));
  writeFileSync(join(folder, "lacking.csv"), lacking.join("\n"));
  const refused = await nabla(["predict", run, "lacking.csv", "--store", store, "--out", "q.csv"], { folder });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('"flipper_length_mm"') });
  expect((await readdir(folder)).sort()).toEqual(["lacking.csv", "p.csv", "turned.csv"]);
});

test("predict streams: a file larger than its memory, and a reader that has seen enough", async () => {
  const folder = workFolder();
  const file = createWriteStream(join(folder, "many.csv"));
  const [header = "", ...rows] = lines(readFileSync(penguins, "utf8"));
  file.write(`${header},note\n`);
  const block = rows.map((row) => `${row},${"x".repeat(600)}\n`).join("");
  for (let i = 0; i < 350; i++) file.write(block);
  file.end();
  await finished(file);
  const node = ["--max-old-space-size=64"];
  const { code, stderr } = await nabla(["predict", model, "many.csv", "--out", "p.csv"], { folder, node });
  expect(stderr).toMatch(/120,400 predictions in p\.csv/);
  expect(code).toBe(0);
  const { child, ended } = start(["predict", model, "many.csv"], { folder });
  child.stdout?.once("data", () => child.stdout?.destroy());
  expect(await ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining("EPIPE") });
});

test("a damaged model is refused with what is wrong with it", async () => {
  const folder = workFolder();
  const broken = join(folder, "broken");
  mkdirSync(broken);
  const text = readFileSync(join(model, "model.json"), "utf8");
  const weights = readFileSync(join(model, "weights.safetensors"));
  const message = async (description: string, bytes: Buffer): Promise<string> => {
    writeFileSync(join(broken, "model.json"), description);
    writeFileSync(join(broken, "weights.safetensors"), bytes);
    const { code, stderr } = await nabla(["predict", broken, penguins], { folder });
    expect(code).toBe(1);
    return stderr;
  };
  const flipped = Buffer.from(weights);
  flipped[flipped.length - 3] = (flipped.at(-3) ?? 0) ^ 1;
  expect(await message(text, flipped)).toMatch(/changed or damaged/);
  expect(await message(text.slice(0, -50), weights)).toMatch(/model\.json is damaged/);
  expect(await message(text.replace("nabla-model/1", "nabla-model/9"), weights)).toMatch(/update nabla/);
  expect(await message(text.replace('"units": 128', '"units": 127'), weights)).toMatch(
    /model\.json of the model .* was changed or damaged/,
  );
});

test("doctor says what there is, a line each; help and version are quick to ask", async () => {
  const folder = workFolder();
  const { code, stdout } = await nabla(["doctor"], { folder });
  expect(code).toBe(0);
  for (const what of ["Node", "Engine", "SIMD", "FMA", "Threads", "BLAS"])
    expect(stdout).toMatch(new RegExp(`^${what} +\\S`, "m"));
  const help = await nabla(["--help"], { folder });
  for (const name of ["train", "evaluate", "predict", "runs", "show", "resume", "doctor"])
    expect(help.stdout).toContain(name);
  expect((await nabla(["--version"], { folder })).stdout).toMatch(/^nabla \d+\.\d+\.\d+\n$/);
  expect((await nabla([], { folder })).stdout).toContain("Usage");
});
