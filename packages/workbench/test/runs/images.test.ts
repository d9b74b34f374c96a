import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "nabla";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { parseExperiment } from "../../src/experiment/read-experiment.ts";
import { writeReport } from "../../src/report/report.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { digits, writePictures } from "../sources/digit-images.ts";
import { rejected } from "../sources/files.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-image-runs-"));
const before = process.cwd();
process.chdir(home);
afterAll(async () => {
  process.chdir(before);
  await rm(home, { recursive: true, force: true });
});
const rows = await digits(500);
const pictures = await writePictures(join(home, "pictures"), rows);
async function collected(chunks: Awaited<ReturnType<typeof predictFile>>["chunks"]) {
  const found: (readonly (string | number)[])[] = [];
  for await (const chunk of chunks) found.push(...chunk);
  return found;
}

const experiment: Experiment = {
  data: pictures,
  target: "class",
  image: [8, 8, 1],
  epochs: 10,
  augment: ["shift", { kind: "rotate", degrees: 8 }],
};

test("a folder of pictures trains a small convolutional network, whose model folder answers for pictures", async () => {
  await using store = await openStore(join(home, "runs.db"));
  const result = await drain(trainFile(experiment, { store, folder: home }));
  expect(JSON.stringify(result.plan.resolved.model)).toContain('"conv2d"');
  expect(result.outcome.dev?.error).toBeLessThan(0.2);
  expect((await evaluateRun(result?.run ?? "", "dev", store)).score.error).toBe(result?.outcome.dev?.error);
  const { file } = await writeReport(result.run, { store });
  const report = await readFile(file, "utf8");
  const shown = [...report.matchAll(/<img src="data:image\/png;base64,([^"]+)"[^>]*alt="([^:]+\.png): /g)];
  expect(shown.length).toBe(24);
  for (const [, encoded = "", name = ""] of shown.slice(0, 3)) {
    const pixels = (source: Buffer | string): Promise<Buffer> => sharp(source).greyscale().raw().toBuffer();
    expect(await pixels(Buffer.from(encoded, "base64"))).toEqual(await pixels(join(pictures, name)));
  }
  expect(await readFile(file.replace(".html", "-rows.csv"), "utf8")).toMatch(
    /^file,predicted,class.*\n\d\/\d{4}\.png,/,
  );
  const model = await loadTrained(result?.model ?? "");
  const { header, chunks } = await predictFile(model, pictures);
  expect(header.slice(0, 3)).toEqual(["file", "prediction", "probability_0"]);
  const found = await collected(chunks);
  const right = found.filter(([file, prediction]) => String(file).startsWith(`${prediction}/`)).length;
  expect(found).toHaveLength(500);
  expect(right / 500).toBeGreaterThan(0.8);
  // without folders, as for pictures that nobody has labeled
  const alone = await predictFile(model, join(pictures, "3"));
  expect((await collected(alone.chunks))[0]?.[0]).toMatch(/^\d{4}\.png$/);
});

test("pictures without classes cannot be learned, and broken labels are said before the training begins", async () => {
  const bare = await rejected(planExperiment({ ...experiment, data: join(pictures, "3") }));
  expect([bare.code, bare.message]).toEqual(["data/no-target", "3 does not say what its images show"]);
  await using store = await openStore(join(home, "flipped.db"));
  const events = trainFile({ ...experiment, augment: ["flip"], epochs: 1 }, { store, folder: home });
  for await (const event of events)
    if (event.kind === "start") expect(event.notices.join()).toContain("flip changes labels: after it, 6 and 9");
});

test("an experiment file says size, changes, scaling and the seed of the parts, and its mistakes have a line", async () => {
  const text =
    "data: pictures\nimage: 8x8x1\nscaling: robust\nsplitSeed: 3\naugment:\n  - shift\n  - kind: rotate\n    degrees: 8\n";
  expect(await parseExperiment(text, "experiment.yaml")).toEqual({
    data: "pictures",
    image: [8, 8, 1],
    scaling: "robust",
    splitSeed: 3,
    augment: ["shift", { kind: "rotate", degrees: 8 }],
  });
  const wrong = await rejected(parseExperiment("augment:\n  - kind: rotat\n", "e.yaml"));
  expect(wrong.message).toContain("e.yaml, line 2");
  expect(wrong.hint).toContain("rotate");
  expect((await rejected(parseExperiment("image: 8 by 8\n", "e.yaml"))).message).toContain("such as 28x28x1");
  expect((await rejected(parseExperiment("scaling: none\n", "e.yaml"))).message).toContain("robust");
  await writeFile(join(home, "experiment.yaml"), text);
  const { prepared } = await planExperiment({ ...experiment, scaling: "minMax", splitSeed: 3 });
  expect(prepared.preparation.columns).toEqual([
    { kind: "block", name: "image", shape: [8, 8, 1], center: 0, spread: 255 },
  ]);
});
