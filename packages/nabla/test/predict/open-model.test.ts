import { beforeAll, describe, expect, test } from "vitest";
import { rowModel } from "../../src/answers/index.ts";
import { type ExchangedModel, writeModelFile } from "../../src/exchange/index.ts";
import {
  applyPreparation,
  chain,
  conv2d,
  dense,
  ensemble,
  flatten,
  type Loss,
  layerNorm,
  type NdArray,
  ndarray,
  periodic,
  prepare,
  reference,
  relu,
  seedKey,
  softmaxCrossEntropy,
  squaredError,
} from "../../src/index.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { initModel } from "../../src/nn/model.ts";
import { NablaError, openModel } from "../../src/predict/index.ts";
import { tableFromRows } from "../../src/reading/index.ts";

const rows = Array.from({ length: 60 }, (_, i) => ({
  area: i % 7 === 3 ? null : 40 + i,
  built: `${1950 + i}-0${1 + (i % 9)}-1${i % 10}`,
  heating: ["gas", "oil", "wood"][i % 3],
  balcony: i % 4 === 0 ? "yes" : "no",
  opens: `${i % 24}:30`,
  price: `${1 + (i % 9)},${100 + i}.50`,
  notes: `${["bright", "dark", "quiet"][i % 3]} rooms near the ${["park", "station"][i % 2]}, number ${i} of the street`,
}));
const asked = [
  {
    area: "70",
    built: "May 3, 1999",
    heating: "steam",
    balcony: true,
    opens: "9:15 pm",
    price: "1,200.50",
    notes: "DARK rooms",
  },
  { area: null, built: new Date(0), heating: null, balcony: "no", opens: "", unused: 1, price: null, notes: 7 },
  { area: 51.5, built: "1989-05-01", heating: "Gas", balcony: 1, opens: null, price: 4000, notes: null },
];

function weightsOf(model: Layer, size: readonly number[]): ReadonlyMap<string, NdArray> {
  const { parameters, buffers } = initModel(model, size, seedKey(7));
  return new Map([...parameters, ...buffers]);
}

/** A model of the rows with some network, untrained: what it answers depends on every feature. */
function modelFor(target: "price" | "heating", layersFor: (outputs: number) => Layer, loss: Loss): ExchangedModel {
  const whole = tableFromRows(rows);
  const columns = whole.columns.filter(({ name }) => name !== target);
  const learned = whole.columns.find(({ name }) => name === target);
  if (learned === undefined) throw new Error(target);
  const table = { ...whole, columns, target: learned };
  const preparation = prepare.fit(table);
  expect(preparation.columns.map(({ kind }) => kind)).toContain("text");
  const { inputs, classes } = applyPreparation(preparation, table);
  const model = layersFor(classes?.length ?? 1);
  const shape = inputs.shape.slice(1);
  const trained = { model, loss, shape, weights: weightsOf(model, shape), ...(classes && { classes }) };
  return { trained, preparation, ...(classes && { temperature: 1.7 }) };
}

const bent = (outputs: number): Layer => chain(periodic(), dense(9), layerNorm(), relu(), dense(outputs));
const classified = softmaxCrossEntropy();
const models: Readonly<Record<string, ExchangedModel>> = {
  numbers: modelFor("price", bent, squaredError()),
  classes: modelFor(
    "heating",
    (outputs) => ensemble([bent(outputs), dense(outputs)], { loss: classified }),
    classified,
  ),
};

async function codeOf(action: () => unknown): Promise<readonly [string, string]> {
  try {
    await action();
  } catch (error) {
    if (error instanceof NablaError) return [error.code, error.message];
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe.each(Object.keys(models))("a model of %s", (name) => {
  const saved = models[name] as ExchangedModel;
  let bytes: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    bytes = writeModelFile(saved);
  });

  test("answers rows as the model itself does on the reference, however its bytes come", async () => {
    const { predict } = await rowModel(saved, { engine: reference });
    const expected = await predict(asked);
    const close = (value: unknown): unknown => {
      if (typeof value === "number") return expect.closeTo(value, 9);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, close(one)]));
    };
    for (const source of [bytes, bytes.buffer, new Blob([bytes]), new Response(bytes)]) {
      const model = await openModel(source);
      expect(model.predict(asked)).toEqual(expected.map(close));
      expect(asked.map((row) => model.predict(row))).toEqual(model.predict(asked));
      expect(model.predict([])).toEqual([]);
    }
    const { columns, sha256 } = await openModel(bytes);
    expect(columns).toEqual((await rowModel(saved)).columns);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("refuses rows as the model itself does", async () => {
    const model = await openModel(bytes);
    const own = await rowModel(saved, { engine: reference });
    for (const row of [null, [3], { area: 3 }, { ...asked[0], area: "large" }, { ...asked[0], built: "31.02.1999" }])
      expect(await codeOf(() => model.predict(row as never))).toEqual(await codeOf(() => own.predict(row as never)));
  });
});

test("calibration can be left out", async () => {
  const saved = models.classes as ExchangedModel;
  const [plain, own] = await Promise.all([
    openModel(writeModelFile(saved), { calibrated: false }),
    rowModel(saved, { engine: reference, calibrated: false }),
  ]);
  const row = { ...asked[2], price: 2 };
  const { probabilities } = await own.predict(row);
  for (const [name, share] of Object.entries(plain.predict(row).probabilities ?? {}))
    expect(share).toBeCloseTo(Number((probabilities as Record<string, number>)[name]), 9);
});

test("what is no model, or none for rows, is refused with what to do", async () => {
  const bytes = writeModelFile(models.numbers as ExchangedModel);
  const images = ndarray(new Float32Array(4 * 36), [4, 6, 6, 1]);
  const seen = chain(conv2d(2), flatten(), dense(1));
  const shape = images.shape.slice(1);
  const bare = { model: seen, loss: squaredError(), shape, weights: weightsOf(seen, shape) };
  const { preparation } = models.numbers as ExchangedModel;
  const blocks = {
    ...preparation,
    columns: [{ kind: "block", name: "image", shape: [6, 6, 1], center: 0, spread: 1 }],
  } as typeof preparation;
  const changed = bytes.slice();
  changed[changed.length >> 1] = 255 - (changed[changed.length >> 1] ?? 0);
  const cases: readonly (readonly [unknown, string, string])[] = [
    [3, "options/type", "expected bytes, a File or a Response"],
    [new Uint8Array(4), "model/foreign", "the model file is no model of nabla"],
    [changed, "zip/damaged", "the model file"],
    [
      { name: "houses.nabla", arrayBuffer: async () => new ArrayBuffer(0) },
      "model/foreign",
      "houses.nabla is no model",
    ],
    [new Response("gone", { status: 404 }), "data/fetch", "the server answered 404"],
    [writeModelFile({ trained: bare }), "model/preparation", "no preparation"],
    [
      writeModelFile({ trained: bare, ...(blocks && { preparation: blocks }) }),
      "predict/shape",
      "blocks of numbers (image)",
    ],
  ];
  for (const [source, code, message] of cases)
    expect(await codeOf(() => openModel(source as never))).toEqual([code, expect.stringContaining(message)]);
});
