/** Ten thousand damaged files for each reader: every one is read, or refused with a NablaError of the format. */
import { readdirSync, readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { NablaError } from "../../src/base/error.ts";
import { readNpy, writeNpy } from "../../src/exchange/numpy/npy.ts";
import { readNpz, writeNpz } from "../../src/exchange/numpy/npz.ts";
import { readSafetensors, writeSafetensors } from "../../src/exchange/safetensors.ts";
import { readTfjs } from "../../src/exchange/tfjs/tfjs.ts";
import { readStateDict } from "../../src/exchange/torch/state-dict.ts";
import { writeZip } from "../../src/exchange/zip/write-zip.ts";
import { type Inflate, readZip } from "../../src/exchange/zip/zip.ts";
import { sampleTensors } from "../exchange/fixtures/sample.ts";
import { damagedBytes, damagedJson } from "../exchange/mutations.ts";

const FILES = 10_000;
const inflate: Inflate = (bytes, limit) => inflateRawSync(bytes, { maxOutputLength: Math.max(1, limit) });
const foreign = new URL("../../../workbench/test/exchange/fixtures/", import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, foreign)));

/** How many were read and how many refused, by code. Throws what is no NablaError, or one of another area. */
async function outcomes(areas: readonly string[], read: (index: number) => unknown): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let index = 0; index < FILES; index++) {
    let outcome = "read";
    try {
      await read(index);
    } catch (error) {
      if (!(error instanceof NablaError) || !areas.some((area) => error.code.startsWith(`${area}/`)))
        throw new Error(`file ${index} ended in ${String(error)}`, { cause: error });
      outcome = error.code;
    }
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

/** Damage that is only ever refused at the door would test little. */
function expectVariety(counts: ReadonlyMap<string, number>, codes: number): void {
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(FILES);
  expect(counts.size, JSON.stringify([...counts])).toBeGreaterThanOrEqual(codes);
}

test("safetensors", async () => {
  const file = writeSafetensors(sampleTensors(), { note: "x" });
  expectVariety(await outcomes(["safetensors"], (i) => readSafetensors(damagedBytes(file, i))), 6);
});

test("npy", async () => {
  const files = [...sampleTensors().values()].map(writeNpy);
  const counts = await outcomes(["npy"], (i) => readNpy(damagedBytes(files[i % files.length] ?? new Uint8Array(), i)));
  expectVariety(counts, 5);
});

test("zip and npz", async () => {
  const files = [writeNpz(sampleTensors()), fixture("numpy-packed.npz"), fixture("numpy-types.npz")];
  const read = (i: number): unknown =>
    readNpz(damagedBytes(files[i % files.length] ?? new Uint8Array(), i), { inflate });
  expectVariety(await outcomes(["zip", "npz", "npy"], read), 8);
});

test("npz with damage inside and right checksums", async () => {
  const zip = readZip(fixture("numpy-types.npz"), { inflate });
  const inner = zip.names.map((name) => [name, zip.read(name)] as const);
  const counts = await outcomes(["npz", "npy"], (i) => {
    const [name, bytes] = inner[i % inner.length] ?? ["", new Uint8Array()];
    return readNpz(writeZip(new Map([[name, damagedBytes(bytes, i)]])), { inflate });
  });
  expectVariety(counts, 5);
});

test("PyTorch archives", async () => {
  const files = [fixture("torch-views.pt"), fixture("torch-hostile.pt")];
  const read = (i: number): unknown => readStateDict(damagedBytes(files[i % 2] ?? new Uint8Array(), i), { inflate });
  expectVariety(await outcomes(["zip", "torch"], read), 6);
});

test("PyTorch pickles with right checksums around", async () => {
  const files = ["torch-views.pt", "torch-rows.pt", "torch-images.pth"].map((name) => {
    const zip = readZip(fixture(name), { inflate });
    return zip.names.map((entry) => [entry, zip.read(entry)] as const);
  });
  const counts = await outcomes(["torch", "zip"], (i) => {
    const entries = (files[i % files.length] ?? []).map(
      ([name, bytes]) => [name, name.endsWith("data.pkl") ? damagedBytes(bytes, i) : bytes] as const,
    );
    return readStateDict(writeZip(new Map(entries)), { inflate });
  });
  expectVariety(counts, 7);
});

test("TensorFlow.js models, and the Keras configuration in them", async () => {
  const models = ["tfjs-images", "tfjs-codes"].map((name) => ({
    json: new TextDecoder().decode(fixture(`${name}/model.json`)),
    shards: new Map(readdirSync(new URL(name, foreign)).map((file) => [file, fixture(`${name}/${file}`)] as const)),
  }));
  const counts = await outcomes(["tfjs", "keras", "test"], (i) => {
    const { json, shards } = models[i % 2] ?? { json: "", shards: new Map<string, Uint8Array>() };
    const shard = (name: string): Promise<Uint8Array> => {
      const found = shards.get(name);
      return found === undefined ? Promise.reject(new NablaError("test/no-file", name)) : Promise.resolve(found);
    };
    return readTfjs(new TextEncoder().encode(damagedJson(json, i)), shard);
  });
  expectVariety(counts, 8);
});
