import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { nabla, penguins, workFolder } from "./nabla.ts";

const fixtures = fileURLToPath(new URL("../exchange/fixtures/", import.meta.url));
const shared = mkdtempSync(join(tmpdir(), "nabla-exchange-"));
const model = join(shared, "penguins");
/** Without waves, which TensorFlow.js has nothing for. */
const plain = join(shared, "plain");
let answers = "";
let plainAnswers = "";

async function trainInto(folder: string, ...more: readonly string[]): Promise<string> {
  const words = ["train", penguins, "--target", "species", "--epochs", "3", "--members", "1", "--quiet", "--no-report"];
  const stored = ["--store", join(shared, "runs.db"), "--out", folder];
  expect((await nabla([...words, ...stored, ...more], { folder: shared })).code).toBe(0);
  return (await nabla(["predict", folder, penguins], { folder: shared })).stdout;
}

beforeAll(async () => {
  answers = await trainInto(model);
  plainAnswers = await trainInto(plain, "--periodic", "0");
});

test.each([
  ["safetensors", "penguins.safetensors", /15 → periodic, inputs 4 6 8 10 → dense 128 → relu/],
  ["keras", "penguins.keras", /15 → graph \(dense 16, dense 128, relu, dropout 0.9, dense 64,/],
  ["npz", "penguins.npz", /15 → periodic, inputs 4 6 8 10 → dense 128 → relu/],
  ["tfjs", "plain/model.json", /15 → dense 128 → relu/],
] as const)("a model exported as %s and imported again answers as before, columns, classes and all", async (format, file, network) => {
  const [folder, of] = [workFolder(), format === "tfjs" ? plain : model];
  const written = await nabla(["export", of, "--format", format], { folder });
  expect(written).toMatchObject({ code: 0, stderr: "" });
  const read = await nabla(["import", file, "--out", "again"], { folder });
  expect(read.stdout).toMatch(network);
  expect(read.stdout).toContain("tables with the columns that it was trained on");
  const { stdout } = await nabla(["predict", "again", penguins], { folder });
  expect(stdout).toBe(format === "tfjs" ? plainAnswers : answers);
});

test("what a format has nothing for is refused with what to do", async () => {
  const { code, stderr } = await nabla(["export", model, "--format", "tfjs"], { folder: workFolder() });
  expect(code).toBe(1);
  expect(stderr).toMatch(/periodic embeddings in TensorFlow.js[\s\S]*--periodic 0/);
});

test("evaluate measures a model on a file whose answers are known, under another name too", async () => {
  const folder = workFolder();
  const { stdout } = await nabla(["evaluate", model, "--data", penguins, "--json"], { folder });
  const { rows, error, intervals, baseline } = JSON.parse(stdout);
  const right = answers.trim().split("\n").slice(1);
  const truth = readFileSync(penguins, "utf8").trim().split("\n").slice(1);
  const wrong = right.filter((line, i) => line.split(",")[0] !== truth[i]?.split(",")[0]).length;
  expect(rows).toBe(344);
  expect(error).toBeCloseTo(wrong / 344, 9);
  expect(intervals.error.to).toBeGreaterThan(error);
  expect(baseline.error).toBeCloseTo(1 - 152 / 344, 9);
  writeFileSync(join(folder, "kinds.csv"), readFileSync(penguins, "utf8").replace("species", "kind"));
  const text = await nabla(["evaluate", model, "--data", "kinds.csv", "--target", "kind"], { folder });
  expect(text.stdout).toMatch(/Data +kinds\.csv, 344 rows\nError +[\d.]+%, 95% interval/);
  expect(await nabla(["evaluate", model, "--data", "kinds.csv"], { folder })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"species"'),
  });
});

test("as js it answers for rows by column name, missing values and unknown categories too", async () => {
  const folder = workFolder();
  await nabla(["export", model, "--format", "js", "--out", "birds.mjs"], { folder });
  const { predict } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "birds.mjs")).href);
  const [head = "", ...lines] = readFileSync(penguins, "utf8").trim().split("\n");
  const names = head.split(",");
  const rows = lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell === "" ? null : cell])),
  );
  const wanted = answers.trim().split("\n").slice(1);
  const found: readonly { prediction: string; probabilities: Record<string, number> }[] = predict(rows);
  for (const [i, line] of wanted.entries()) {
    const [prediction, ...shares] = line.split(",");
    expect(found[i]?.prediction).toBe(prediction);
    for (const [k, share] of Object.values(found[i]?.probabilities ?? {}).entries())
      expect(Math.abs(share - Number(shares[k]))).toBeLessThan(1e-5);
  }
  expect(predict({ ...rows[0], island: "Atlantis" }).prediction).toBe(found[0]?.prediction);
  expect(() => predict({ ...rows[0], bill_length_mm: "long" })).toThrow(/bill_length_mm: "long" is no number/);
});

test("weights of PyTorch come onto the network of an experiment, with a table of what went where", async () => {
  const folder = workFolder();
  writeFileSync(
    join(folder, "net.yaml"),
    "task: regression\nlayers: [{kind: dense, units: 6}, batchNorm, relu, {kind: dense, units: 6}, layerNorm, gelu, {kind: dense, units: 3}]\n",
  );
  const file = join(fixtures, "torch-rows.pt");
  const { code, stdout } = await nabla(["import", file, "--onto", "net.yaml", "--out", "net"], { folder });
  expect(code).toBe(0);
  expect(stdout).toMatch(/dense1\.weights +5x6 +0\.weight +transposed/);
  expect(stdout).toMatch(/rows of 5 plain numbers in order/);
  writeFileSync(join(folder, "rows.csv"), "a,b,c,d,e\n1,2,3,4,5\n0,0,0,0,0\n");
  const predicted = await nabla(["predict", "net", "rows.csv"], { folder });
  expect(predicted.stdout).toMatch(/^prediction_1,prediction_2,prediction_3\n(.+,.+,.+\n){2}$/);
  writeFileSync(join(folder, "few.csv"), "a,b\n1,2\n");
  expect(await nabla(["predict", "net", "few.csv"], { folder })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("takes 5 numbers a row, by their place, and the file has 2 columns"),
  });
  writeFileSync(
    join(folder, "wide.yaml"),
    "task: regression\nlayers: [{kind: dense, units: 9}, {kind: dense, units: 3}]\n",
  );
  const unfit = await nabla(["import", file, "--onto", "wide.yaml", "--out", "wide"], { folder });
  expect(unfit).toMatchObject({ code: 1, stderr: expect.stringContaining("of the network found nothing in") });
  expect(unfit.stdout).toMatch(/dense1\.weights +5x9 +nothing in the file fits[\s\S]*0\.weight +not used/);
});

test.each([
  [["export", "MODEL", "--format", "word"], 2, 'there is no format "word"'],
  [["export", "MODEL", "--format", "pt"], 2, "pt can be imported, but not exported"],
  [["export", "MODEL"], 2, "required option '--format <format>' not specified"],
  [["export", "./nowhere", "--format", "js"], 1, "there is no model at ./nowhere"],
  [["import", "model.doc"], 2, "model.doc is of no format that can be imported"],
  [["import", "none.keras"], 1, "cannot read none.keras: it does not exist"],
  [["import", join(fixtures, "torch-rows.pt")], 2, "holds weights and no network: 13 arrays"],
  [["import", join(fixtures, "torch-hostile.pt")], 1, "this file would call posix.system"],
  [["import", join(fixtures, "torch-rows.pt"), "--onto", "none.yaml"], 1, "cannot read none.yaml"],
  [["import", join(fixtures, "torch-rows.pt"), "--shape", "4xx"], 2, "such as 28x28x1 or 20"],
  [["import", "empty.npz"], 1, "it is no zip file"],
])("nabla %j is refused", async (words, code, message) => {
  const folder = workFolder();
  mkdirSync(join(folder, ".nabla"));
  writeFileSync(join(folder, "empty.npz"), "");
  const ended = await nabla(
    words.map((word) => (word === "MODEL" ? model : word)),
    { folder },
  );
  expect(ended).toMatchObject({ code, stderr: expect.stringContaining(message) });
});
