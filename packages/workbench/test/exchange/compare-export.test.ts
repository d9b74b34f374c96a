/** A file is compared with its model before it is kept. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Column,
  categoryColumn,
  chain,
  dense,
  drain,
  featureNames,
  initModel,
  numberColumn,
  type Preparation,
  prepare,
  relu,
  seedKey,
  softmaxCrossEntropy,
  squaredError,
  table,
  takeTable,
  uniform,
} from "nabla";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleRows } from "../../src/exchange/example-rows.ts";
import { exportModel } from "../../src/exchange/export-model.ts";
import { formats } from "../../src/exchange/formats.ts";
import { trainingRows } from "../../src/exchange/training-rows.ts";
import { predictFile } from "../../src/runs/predict-file.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";
import { loadTrained, type TrainedModel } from "../../src/store/trained-model.ts";
import { penguins } from "../commands/nabla.ts";
import { rejected } from "../sources/files.ts";

let home = "";
let store: RunStore;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nabla-compare-"));
  store = await openStore(join(home, "runs.db"));
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true, force: true });
});

const ROWS = 60;
const stamps = Float64Array.from(uniform(seedKey(1), ROWS), (draw) => 1_700_000_000_000 + Math.floor(3_600_000 * draw));
const columns: readonly Column[] = [
  numberColumn("stamp", stamps),
  {
    ...numberColumn(
      "when",
      uniform(seedKey(2), ROWS).map((draw) => Math.floor(9000 * draw)),
    ),
    reading: { as: "date", order: "dmy" },
  },
  categoryColumn(
    "zip",
    Array.from({ length: ROWS }, (_, row) => `0${row % 50}`),
  ),
];
const target = categoryColumn(
  "late",
  Array.from(stamps, (stamp) => String(stamp > 1_700_001_800_000)),
);

/** A model with weights as they begin. */
function modelOf(preparation: Preparation, width: number): TrainedModel {
  const model = chain(dense(6), relu(), dense(2));
  const { parameters } = initModel(model, [width], seedKey(3));
  return { trained: { model, loss: softmaxCrossEntropy(), weights: parameters, shape: [width] }, preparation };
}

function stampModel(): TrainedModel {
  const preparation = prepare.fit(table(columns, target), { levels: 20 });
  return modelOf(preparation, featureNames(preparation).length);
}

test.each(
  Object.keys(formats).filter((format) => formats[format]?.write !== undefined),
)("%s answers as its model on rows that are made up", async (format) => {
  const output = join(home, `m-${format}`);
  const { compared, notices } = await exportModel(stampModel(), { format, name: "m", output });
  expect(compared).toMatchObject({ rows: 100, from: "that were made up" });
  expect(compared?.difference).toBeLessThan(1e-5);
  expect(notices.filter((notice) => notice.includes("differ"))).toEqual([]);
});

test("a file that rounds what training did not is refused, and nothing is written", async () => {
  const model = stampModel();
  // as a model of an earlier version, of numbers that are just small enough to be thought of as float32
  const [, ...others] = model.preparation.columns;
  const narrow = { kind: "number", name: "stamp", center: 16_000_000, spread: 0.01, indicator: false } as const;
  const rounding = { ...model, preparation: { ...model.preparation, columns: [narrow, ...others] } };
  const rows = table([
    numberColumn(
      "stamp",
      Float64Array.from({ length: 20 }, (_, row) => 16_000_000 + row * 0.003),
    ),
    ...takeTable(
      table(columns.slice(1)),
      Array.from({ length: 20 }, (_, row) => row),
    ).columns,
  ]);
  const output = join(home, "refused.onnx");
  const asked = { format: "onnx", name: "m", output, rows: { table: rows, from: "of ticks.csv" } };
  const error = await rejected(exportModel(rounding, asked));
  expect(error.code).toBe("export/differs");
  expect(error.message).toContain("on 20 rows of ticks.csv");
  await expect(import("node:fs/promises").then(({ stat }) => stat(output))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a trained model is compared on its own rows, while they are there", async () => {
  const data = join(home, "penguins.csv");
  writeFileSync(data, await import("node:fs").then(({ readFileSync }) => readFileSync(penguins)));
  const training = trainFile({ data, target: "species", hidden: [8], epochs: 3 }, { store, folder: home });
  const model = await loadTrained((await drain(training)).model ?? "");
  const rows = await trainingRows(model, join(home, "runs.db"));
  expect(rows).toMatchObject({ from: "of penguins.csv", table: { rows: 300 } });
  for (const format of ["onnx", "js"]) {
    const { compared } = await exportModel(model, {
      format,
      name: "p",
      output: join(home, `p.${format}`),
      ...(rows && { rows }),
    });
    expect(compared).toMatchObject({ rows: 300, from: "of penguins.csv" });
    expect(compared?.difference).toBeLessThan(1e-5);
  }
  rmSync(data);
  expect(await trainingRows(model, join(home, "runs.db"))).toBeUndefined();
  const { run: _, ...unknown } = model;
  expect(await trainingRows(unknown, join(home, "runs.db"))).toBeUndefined();
});

test("made-up rows are what the preparation takes, with gaps and levels that it does not know", () => {
  const { columns: made, rows } = exampleRows(stampModel().preparation);
  expect(rows).toBe(100);
  const [stamp, when, zip] = made;
  expect(stamp?.kind === "number" && stamp.values.data.some((value) => Number.isNaN(value))).toBe(true);
  expect(when?.kind === "number" && when.values.data.every((day) => Number.isNaN(day) || Number.isInteger(day))).toBe(
    true,
  );
  expect(zip?.kind === "category" && zip.levels.some((level) => level.endsWith("never seen"))).toBe(true);
});

test("what float32 layers lose of a number to predict is said", async () => {
  const next = numberColumn("next", stamps);
  const preparation = prepare.fit(table(columns.slice(1), next));
  const width = featureNames(preparation).length;
  const model = chain(dense(1));
  const { parameters } = initModel(model, [width], seedKey(3));
  const trained = { model, loss: squaredError(), weights: parameters, shape: [width] };
  const wanted = (format: string) => ({ format, name: "m", output: join(home, `next-${format}`) });
  const [keras, onnx] = [
    await exportModel({ trained, preparation }, wanted("keras")),
    await exportModel({ trained, preparation }, wanted("onnx")),
  ];
  expect(keras.notices.at(-1)).toContain("float32, which holds next to about 2e+5 only");
  expect(onnx.compared?.difference).toBeLessThan(1e-6);
});

test("rows of a file are read as the run read them: dates, codes, marks and a header that is said", async () => {
  const data = join(home, "sales.csv");
  const lines = Array.from({ length: 120 }, (_, row) => {
    const day = new Date(Date.UTC(2023, 0, 1 + 3 * row));
    const written = `${day.getUTCDate()}.${day.getUTCMonth() + 1}.${day.getUTCFullYear()}`;
    const amount = row % 10 === 3 ? "k.A." : `${1 + (row % 9)}.${String((row * 37) % 1000).padStart(3, "0")},50 EUR`;
    return `${written}|0${1000 + (row % 4)}|${row % 3 === 0 ? "ja" : "nein"}|${amount}|${10 ** (row % 4) * (1 + day.getUTCDay())}`;
  });
  writeFileSync(data, `Umsatz je Tag\ntag|plz|bezahlt|betrag|umsatz\n${lines.join("\n")}\n`);
  const experiment = {
    data,
    target: "umsatz",
    targetScale: "log",
    hidden: [8],
    epochs: 3,
    delimiter: "|",
    header: 2,
  } as const;
  const model = await loadTrained((await drain(trainFile(experiment, { store, folder: home }))).model ?? "");
  const kinds = model.preparation.columns.map(({ kind, reading }) => [kind, reading?.as]);
  expect(kinds).toEqual([
    ["date", "date"],
    ["category", "category"],
    ["category", "category"],
    ["number", "number"],
  ]);
  const rows = await trainingRows(model, join(home, "runs.db"));
  expect(rows).toMatchObject({ from: "of sales.csv", table: { rows: 120 } });
  for (const format of ["onnx", "js", "npz"]) {
    const asked = { format, name: "s", output: join(home, `s.${format}`), ...(rows && { rows }) };
    const { compared } = await exportModel(model, asked);
    expect(compared?.rows).toBe(120);
    expect(compared?.difference).toBeLessThan(1e-5);
  }
  // the module takes the cells as the file has them
  const { predict } = (await import(/* @vite-ignore */ join(home, "s.js"))) as {
    readonly predict: (row: object) => { readonly prediction: number };
  };
  const { chunks } = await predictFile(model, data, { delimiter: "|", header: 2 });
  for await (const chunk of chunks)
    for (const [row, [expected]] of chunk.entries()) {
      const [tag, plz, bezahlt, betrag] = (lines[row] ?? "").split("|");
      const { prediction } = predict({ tag, plz, bezahlt, betrag: betrag === "k.A." ? null : betrag });
      expect(Math.abs(prediction / Number(expected) - 1)).toBeLessThan(1e-4);
    }
});
