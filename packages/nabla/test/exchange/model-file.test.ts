/** A model as one file: what is written is read again, and what is damaged is refused by the file's name. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { kindTables } from "../../src/all/index.ts";
import { categoryColumn, numberColumn } from "../../src/data/table.ts";
import {
  modelReader,
  type ReadModelFileOptions,
  readModelFile,
  writeModelFile,
} from "../../src/exchange/model-file.ts";
import { modelToJson } from "../../src/exchange/model-json.ts";
import { modelParts } from "../../src/exchange/model-parts.ts";
import { sha256 } from "../../src/exchange/sha256.ts";
import { encodeUtf8 } from "../../src/exchange/utf8.ts";
import { writeZip } from "../../src/exchange/zip/write-zip.ts";
import { chain, dense, relu } from "../../src/nn/layers.ts";
import { squaredError } from "../../src/nn/losses.ts";
import { featureModel } from "./prepared-features.ts";

const model = {
  ...featureModel([
    numberColumn("area", Float64Array.of(50, 80, Number.NaN, 120)),
    categoryColumn("heating", ["gas", "öl", "öl", "gas"]),
  ]),
  temperature: 1.25,
};
const parts = modelParts({ model: modelToJson(model), weights: model.trained.weights }, { library: "1.2.3" });
const named: ReadModelFileOptions = { name: "houses.nabla" };
const part = (name: string): Uint8Array => parts.get(name) ?? new Uint8Array();

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])("the hash of %i bytes is that of Node", (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 255);
  expect(sha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
});

test("a model is read from one file as it was written, also where the archive holds its folder", () => {
  const hash = createHash("sha256").update(part("weights.safetensors")).digest("hex");
  const wanted = { preparation: model.preparation, temperature: 1.25, sha256: hash };
  const inFolder = writeZip(new Map([...parts].map(([name, bytes]) => [`houses/${name}`, bytes])));
  for (const bytes of [writeModelFile(model), inFolder]) {
    const read = readModelFile(bytes, named);
    expect(read).toMatchObject(wanted);
    expect([...read.trained.weights]).toEqual([...model.trained.weights]);
  }
});

test("a reader of some kinds reads models of these, and names another kind and where all are", () => {
  const bytes = writeModelFile(model);
  const everything = modelReader(kindTables)(bytes, named);
  const found = modelReader({ layer: { chain, dense }, loss: { squaredError } })(bytes, named);
  expect(modelToJson(found)).toEqual(modelToJson(model));
  expect(modelToJson(everything)).toEqual(modelToJson(model));
  expect(() => modelReader({ layer: { relu }, loss: { squaredError } })(bytes, named)).toThrow(
    expect.objectContaining({
      code: "options/kind",
      message: expect.stringContaining('"chain"'),
      hint: expect.stringContaining("nabla/all"),
    }),
  );
});

/** The archive as a compressing program leaves it: the method of each entry is 8. */
function compressed(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.slice().buffer);
  for (let at = 0; at + 4 <= view.byteLength; at++) {
    if (view.getUint32(at, true) === 0x04034b50) view.setUint16(at + 8, 8, true);
    if (view.getUint32(at, true) === 0x02014b50) view.setUint16(at + 10, 8, true);
  }
  return new Uint8Array(view.buffer);
}

test("what is compressed is unpacked by who can", () => {
  const bytes = compressed(writeModelFile(model));
  expect(() => readModelFile(bytes, named)).toThrow(expect.objectContaining({ code: "zip/method" }));
  expect(readModelFile(bytes, { ...named, inflate: (packed) => packed }).temperature).toBe(1.25);
});

const whole = writeModelFile(model);
const without = (name: string): Uint8Array => writeZip(new Map([...parts].filter(([one]) => one !== name)));
const flipped = (at: number): Uint8Array => whole.map((byte, i) => (i === at ? byte ^ 1 : byte));
const edited = (from: string, to: string): Uint8Array => {
  const text = new TextDecoder().decode(part("model.json")).replace(from, to);
  return writeZip(new Map([...parts, ["model.json", encodeUtf8(text)]]));
};

test.each<[string, string, Uint8Array]>([
  ["model/foreign", "another file", encodeUtf8("area,price\n1,2\n")],
  ["model/foreign", "nothing", new Uint8Array()],
  ["zip/truncated", "its first half", whole.slice(0, whole.length / 2)],
  ["zip/damaged", "a bit of the weights changed", flipped(120)],
  ["model/no-model", "no description", without("model.json")],
  ["model/no-weights", "no weights", without("weights.safetensors")],
  ["model/hash", "another temperature", edited("1.25", "2.25")],
  ["model/foreign", "another tool's description", edited("nabla-model", "layers-model")],
  ["model/damaged", "a description that is no JSON", edited("{", "")],
])("%s: %s", (code, _what, bytes) => {
  const refusal = expect.objectContaining({ code, message: expect.stringContaining("houses.nabla") });
  expect(() => readModelFile(bytes, named)).toThrow(refusal);
});
