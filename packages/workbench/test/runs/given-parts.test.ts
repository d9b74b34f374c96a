import { rm } from "node:fs/promises";
import { join } from "node:path";
import { drain } from "nabla";
import { afterAll, expect, test } from "vitest";
import type { Experiment } from "../../src/experiment/fields.ts";
import { openParts } from "../../src/experiment/parts.ts";
import { planExperiment } from "../../src/experiment/plan.ts";
import { evaluateFile } from "../../src/runs/evaluate-file.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { differences, rerun } from "../../src/runs/rerun.ts";
import { experimentOf, partsOf } from "../../src/runs/stored-run.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { loadTrained } from "../../src/store/trained-model.ts";
import { planStudy } from "../../src/studies/study-plan.ts";
import { rejected } from "../sources/files.ts";
import { foldersForTests, rawPicture } from "../sources/picture-files.ts";

const { home, folder } = await foldersForTests();
const before = process.cwd();
process.chdir(home);
afterAll(() => process.chdir(before));

/** Pictures of 6 x 5 pixels, bright on the left or on the right; every one differs. */
async function pictures(parts: Readonly<Record<string, number>>): Promise<Readonly<Record<string, Uint8Array>>> {
  const files: Record<string, Uint8Array> = {};
  let number = 0;
  for (const [part, each] of Object.entries(parts)) {
    for (let i = 0; i < each; i++) {
      const shade = 120 + (number++ % 130);
      for (const label of ["left", "right"]) {
        const data = Array.from({ length: 30 }, (_, at) =>
          at % 6 < 3 === (label === "left") ? shade : (at * shade) % 90,
        );
        files[`${part}/${label}/${i}.png`] = await rawPicture(data, 6, 1).png().toBuffer();
      }
    }
  }
  return files;
}
const experiment = (data: string): Experiment => ({ data, target: "class", epochs: 2, hidden: [4] });
const names = (prefix: string, each: number): readonly string[] =>
  ["left", "right"].flatMap((label) => Array.from({ length: each }, (_, i) => `${prefix}/${label}/${i}.png`));

test("train, val and test are the parts of a run, of its repetition and of its evaluation", async () => {
  const data = await folder("divided", await pictures({ train: 9, val: 4, test: 3 }));
  await using store = await openStore(join(home, "runs.db"));
  const result = await drain(trainFile(experiment(data), { store, folder: home }));
  const { parts, resolved } = result.plan;
  expect(parts.rows).toEqual({ train: 18, dev: 8, test: 6 });
  expect(parts.policy.reason).toBe("32 rows: the parts that the data comes in");
  expect(resolved.image).toEqual([5, 6, 1]);
  expect(result.plan.notices.map(({ message }) => message)).toContain(
    "the folders train, val and test are taken as the parts",
  );
  const run = await store.get(result.run);
  expect(experimentOf(run)).toMatchObject({ image: [5, 6, 1], skipBroken: false, maxPixels: 100_000_000 });
  const again = await partsOf(run);
  expect([again.rows, again.dev, again.openTest()]).toEqual([parts.rows, parts.dev, parts.openTest()]);
  const repeated = await drain(rerun(run, { store, folder: home }));
  expect(differences(result.outcome, repeated.outcome)).toEqual([]);
  expect((await evaluateRun(result.run, "test", store)).rows).toBe(6);
  const model = await loadTrained(result.model ?? "");
  const alone = await evaluateFile(model, join(data, "test"));
  expect([alone.rows, alone.score]).toEqual([6, (await evaluateRun(result.run, "test", store)).score]);
  const error = await rejected(evaluateFile(model, data));
  expect([error.code, error.message]).toEqual([
    "data/parts",
    "divided is divided into parts, of which one is to be measured",
  ]);
  // predictions are for every image, in whichever folder
  const predicted = await predictFile(model, data);
  const found: unknown[] = [];
  for await (const chunk of predicted.chunks) found.push(...chunk.map(([file]) => file));
  expect(found).toEqual([...names("test", 3), ...names("train", 9), ...names("val", 4)]);
});

test("each part has the images of its folders alone", async () => {
  const data = await folder("exact", await pictures({ train: 4, dev: 2, test: 3 }));
  const { train, dev, openTest } = await openParts({ ...experiment(data), seed: 5 });
  for (const [part, table] of [
    ["train", train],
    ["dev", dev],
    ["test", openTest()],
  ] as const) {
    const single = await openParts({ ...experiment(join(data, part)), seed: 1, image: [5, 6, 1], split: HALVES });
    const rows = (tables: readonly (typeof train)[]) =>
      tables.flatMap(({ columns: [column], rows }) =>
        column?.kind === "number"
          ? Array.from({ length: rows }, (_, row) => [...column.values.data.subarray(30 * row, 30 * row + 30)].join())
          : [],
      );
    expect(rows([table]).sort()).toEqual(rows([single.train, single.dev]).sort());
  }
});
const HALVES = { train: 0.5, dev: 0.5, test: 0 };

test("train and test alone: dev is split off train by the seed, and test stays as it is", async () => {
  const data = await folder("two", await pictures({ train: 8, test: 3 }));
  const parts = await openParts({ ...experiment(data), seed: 5 });
  expect(parts.rows).toEqual({ train: 12, dev: 4, test: 6 });
  expect(parts.policy.reason).toBe("22 rows: the test part that the data comes in, and dev split off its train part");
  // as many of each class
  expect(parts.dev.target?.kind === "category" ? [...parts.dev.target.codes].sort() : []).toEqual([0, 0, 1, 1]);
  expect((await openParts({ ...experiment(data), seed: 5 })).dev).toEqual(parts.dev);
  const fractions = parts.policy.fractions;
  expect((await openParts({ ...experiment(data), seed: 5, split: fractions })).dev).toEqual(parts.dev);
  expect((await openParts({ ...experiment(data), seed: 6 })).openTest()).toEqual(parts.openTest());
  const { resolved } = await planExperiment({ ...experiment(data), seed: 5 });
  expect((await openParts(resolved)).dev).toEqual(parts.dev);
});

test("a split that contradicts the folders, and a class that train does not have, are errors", async () => {
  const data = await folder("contradicted", await pictures({ train: 4, val: 2 }));
  const split = { train: 0.6, dev: 0.2, test: 0.2 };
  const error = await rejected(openParts({ ...experiment(data), seed: 1, split }));
  expect([error.code, error.message]).toEqual([
    "data/split-both",
    "contradicted comes in parts of 66.67/33.33/0 percent, and the split 60/20/20 asks for others",
  ]);
  const { "train/right/0.png": bytes = new Uint8Array(), ...files } = await pictures({ train: 1, val: 1 });
  const strange = await rejected(openParts({ ...experiment(await folder("strange", files)), seed: 1 }));
  expect([strange.code, strange.message]).toEqual([
    "data/parts",
    "strange: the class right has 1 image in dev (val/right/0.png) and none in train",
  ]);
  // one that is there and broken is none
  const broken = { ...files, "train/right/0.png": bytes.subarray(0, 40) };
  const skipped = { ...experiment(await folder("torn", broken)), skipBroken: true };
  expect((await rejected(openParts({ ...skipped, seed: 1 }))).code).toBe("data/parts");
});

test("one class is an error that says what was taken for classes", async () => {
  const files = Object.fromEntries(
    Object.entries(await pictures({ train: 2, val: 2 })).filter(([name]) => /left/.test(name)),
  );
  const error = await rejected(planExperiment(experiment(await folder("single", files))));
  expect([error.code, error.message]).toEqual([
    "data/one-class",
    "single: 4 images show one class in all parts (left), and classification needs at least two; the folders train and val are taken as the parts",
  ]);
});

test("a study's trials get the size that was chosen for it", async () => {
  const data = await folder("study", await pictures({ train: 5, val: 3 }));
  const { experiment: base, facts } = await planStudy(experiment(data), { trials: 2 });
  expect([base.image, facts.shape]).toEqual([
    [5, 6, 1],
    [5, 6, 1],
  ]);
});

test("predicting names what is left out, and broken images; the size is the model's", async () => {
  const data = await folder("small", await pictures({ ".": 6 }));
  await using store = await openStore(join(home, "small.db"));
  const { model = "" } = await drain(trainFile({ ...experiment(data), split: HALVES }, { store, folder: home }));
  const [big, torn] = [
    await rawPicture(
      Array.from({ length: 3600 }, (_, i) => i % 250),
      60,
      1,
    )
      .png()
      .toBuffer(),
    "text",
  ];
  const fresh = await folder("fresh", { "big.png": big, "in/torn.jpg": torn, "in/notes.txt": "x" });
  const trained = await loadTrained(model);
  expect((await rejected(predictFile(trained, fresh))).message).toBe(
    "the image in/torn.jpg cannot be decoded: it is a text file",
  );
  const { notices, chunks } = await predictFile(trained, fresh, { skipBroken: true });
  expect(notices.map(({ message }) => message)).toEqual([
    "in/notes.txt is no image",
    "1 broken image left out: in/torn.jpg",
  ]);
  const found: unknown[] = [];
  for await (const chunk of chunks) found.push(...chunk.map(([file]) => file));
  expect(found).toEqual(["big.png"]);
  await rm(fresh, { recursive: true });
});
