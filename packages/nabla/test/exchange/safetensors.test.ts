import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { NablaError } from "../../src/base/error.ts";
import { bits, fork, seedKey } from "../../src/base/random.ts";
import { readSafetensors, writeSafetensors } from "../../src/exchange/safetensors.ts";
import { sampleTensors } from "./fixtures/sample.ts";

/** A file from any header text and any data, right or wrong. */
function file(header: string, data = 0, claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const tensor = (dtype: string, shape: readonly unknown[], offsets: readonly unknown[]): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

function refusal(bytes: Uint8Array): NablaError {
  try {
    readSafetensors(bytes);
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  }
  throw new Error("it was read");
}

test("what is written is read again: names in order, dtypes, shapes, every bit, metadata", () => {
  const written = sampleTensors();
  const { tensors, metadata } = readSafetensors(writeSafetensors(written, { note: "größe ∇", __proto__x: "" }));
  expect([...tensors.keys()]).toEqual([...written.keys()]);
  for (const [name, { dtype, shape, data }] of written) {
    const read = tensors.get(name);
    expect(read).toMatchObject({ dtype, shape });
    expect(Buffer.from(read?.data.buffer ?? new ArrayBuffer(0)).equals(Buffer.from(data.buffer)), name).toBe(true);
  }
  expect(metadata).toEqual({ note: "größe ∇", __proto__x: "" });
});

test("views into larger storage are written alone, and reading from an odd offset works", () => {
  const view = ndarray(new Float32Array([0, 1, 2, 3]).subarray(1, 3), [2]);
  const bytes = writeSafetensors(new Map([["view", view]]));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(readSafetensors(shifted.subarray(3)).tensors.get("view")?.data).toEqual(Float32Array.of(1, 2));
});

test("the layout is the published one: length, JSON, padding to 8 bytes, every array aligned", () => {
  const bytes = writeSafetensors(sampleTensors());
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  expect(header["2"]).toEqual({ dtype: "F64", shape: [2, 1], data_offsets: [0, 16] });
  expect(header["10"]).toEqual({ dtype: "BOOL", shape: [3], data_offsets: [52, 55] });
  expect(header.empty.shape).toEqual([0, 4]);
  expect(bytes.length).toBe(8 + length + 55);
});

test("a file of the published library reads with its values (fixtures/make-foreign.py)", () => {
  const { tensors, metadata } = readSafetensors(readFileSync(new URL("fixtures/foreign.safetensors", import.meta.url)));
  const values = (name: string) => [
    tensors.get(name)?.dtype,
    tensors.get(name)?.shape,
    [...(tensors.get(name)?.data ?? [])],
  ];
  expect(values("dense.weights")).toEqual([
    "float32",
    [2, 3],
    [1.5, -2.25, Math.fround(3e-39), Number.POSITIVE_INFINITY, -0, Math.fround(0.1)],
  ]);
  expect(values("dense.bias")).toEqual(["float64", [2], [1 / 3, -1e300]]);
  expect(values("steps")).toEqual(["float64", [], [2 ** 53 - 1]]);
  expect(values("classes")).toEqual(["int32", [3], [-(2 ** 31), 2 ** 31 - 1, 7]]);
  expect(values("mask")).toEqual(["bool", [2, 1], [1, 0]]);
  expect(values("half")).toEqual(["float32", [4], [1, 65504, 2 ** -24, Number.NEGATIVE_INFINITY]]);
  expect(values("bytes")).toEqual(["int32", [2], [0, 255]]);
  expect(values("short")).toEqual(["int32", [1], [-32768]]);
  expect(values("größe ∇")).toEqual(["float32", [1], [0.5]]);
  expect(values("empty")).toEqual(["float32", [0, 3], []]);
  expect(tensors.size).toBe(10);
  expect(metadata).toEqual({ "made by": "safetensors 0.8.0", ключ: "∇" });
});

test("bfloat16 is the upper half of a float32", () => {
  const patterns = [0x3f80, 0xc0a0, 0x0001, 0x7f80, 0x7fc0];
  const bytes = file(`{"x":${tensor("BF16", [5], [0, 10])}}`, 10);
  const view = new DataView(bytes.buffer, bytes.length - 10);
  for (const [i, word] of patterns.entries()) view.setUint16(2 * i, word, true);
  expect(readSafetensors(bytes).tensors.get("x")?.data).toEqual(
    new Float32Array(Uint32Array.from(patterns, (word) => word << 16).buffer),
  );
});

test.each([
  ["safetensors/truncated", "an empty file", new Uint8Array(0)],
  ["safetensors/truncated", "a header longer than the file", file("{}", 0, 3n)],
  ["safetensors/header", "a header over 100 MB", file("{}", 0, 100_000_001n)],
  ["safetensors/header", "a length of 2^64 - 1", file("{}", 0, 2n ** 64n - 1n)],
  ["safetensors/header", "an empty header", file("")],
  ["safetensors/header", "bad JSON", file('{"x":')],
  ["safetensors/header", "deep JSON that does not close", file("[".repeat(100_000))],
  ["safetensors/header", "a list", file("[]")],
  ["safetensors/header", "leading blanks", file(" {}")],
  ["safetensors/header", "bytes that are no UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x80)],
  ["safetensors/header", "a tensor that is a number", file('{"x":1}')],
  ["safetensors/metadata", "metadata that are no texts", file('{"__metadata__":{"a":1}}')],
  ["safetensors/dtype", "an unknown dtype", file(`{"x":${tensor("F7", [1], [0, 4])}}`, 4)],
  ["safetensors/dtype", "a dtype from the prototype", file(`{"x":${tensor("toString", [1], [0, 4])}}`, 4)],
  ["safetensors/shape", "a negative size", file(`{"x":${tensor("F32", [-1, -1], [0, 4])}}`, 4)],
  ["safetensors/shape", "half a row", file(`{"x":${tensor("F32", [0.5, 2], [0, 4])}}`, 4)],
  ["safetensors/shape", "a product beyond 2^53", file(`{"x":${tensor("F32", [2 ** 40, 2 ** 40], [0, 4])}}`, 4)],
  [
    "safetensors/shape",
    "a product beyond 2^53 times zero",
    file(`{"x":${tensor("F32", [2 ** 40, 2 ** 40, 0], [0, 0])}}`),
  ],
  ["safetensors/shape", "offsets that the shape does not fill", file(`{"x":${tensor("F32", [2], [0, 4])}}`, 4)],
  ["safetensors/offsets", "three offsets", file(`{"x":${tensor("F32", [1], [0, 4, 8])}}`, 8)],
  ["safetensors/offsets", "a negative offset", file(`{"x":${tensor("F32", [1], [-4, 0])}}`, 4)],
  ["safetensors/offsets", "a hole", file(`{"x":${tensor("F32", [1], [0, 4])},"y":${tensor("F32", [1], [8, 12])}}`, 12)],
  [
    "safetensors/offsets",
    "an overlap",
    file(`{"x":${tensor("F32", [2], [0, 8])},"y":${tensor("F32", [1], [4, 8])}}`, 8),
  ],
  [
    "safetensors/offsets",
    "the same bytes twice",
    file(`{"x":${tensor("F32", [1], [0, 4])},"y":${tensor("F32", [1], [0, 4])}}`, 4),
  ],
  ["safetensors/offsets", "bytes of no tensor", file(`{"x":${tensor("F32", [1], [0, 4])}}`, 5)],
  ["safetensors/truncated", "data that end early", file(`{"x":${tensor("F32", [1], [0, 4])}}`, 3)],
  ["safetensors/truncated", "a tensor of a terabyte", file(`{"x":${tensor("F32", [2 ** 38], [0, 2 ** 40])}}`, 4)],
  [
    "safetensors/duplicate",
    "one name twice",
    file(`{"x":${tensor("F32", [1], [0, 4])},"\\u0078":${tensor("F32", [1], [0, 4])}}`, 4),
  ],
  ["safetensors/value", "a BOOL of 2", Uint8Array.of(...file(`{"x":${tensor("BOOL", [1], [0, 1])}}`), 2)],
  [
    "safetensors/value",
    "an I64 beyond 2^53",
    Uint8Array.of(...file(`{"x":${tensor("I64", [1], [0, 8])}}`), 1, 0, 0, 0, 0, 0, 32, 0),
  ],
])("%s refuses %s in a sentence", (code, _what, bytes) => {
  const error = refusal(bytes);
  expect(error.code).toBe(code);
  expect(error.message.split("\n")).toHaveLength(1);
});

test("messages name the tensor and what was received", () => {
  expect(refusal(file(`{"x":${tensor("F32", [2], [0, 4])}}`, 4)).message).toBe(
    'tensor "x" takes 8 bytes by its shape and 4 by its offsets',
  );
  expect(refusal(file(`{"x":${tensor("F7", [1], [0, 4])}}`, 4)).message).toContain('"F7"');
  expect(refusal(file(`{"${"n".repeat(5000)}":${tensor("F7", [1], [0, 4])}}`, 4)).message.length).toBeLessThan(200);
});

test("names that no file can hold are refused when writing", () => {
  const write = (name: string) => () => writeSafetensors(new Map([[name, ndarray([1], [1])]]));
  expect(write("__metadata__")).toThrow(expect.objectContaining({ code: "safetensors/name" }));
  expect(write("\ud800")).toThrow(expect.objectContaining({ code: "safetensors/name" }));
  const short = { dtype: "float32", shape: [3], data: new Float32Array(2) } as const;
  expect(() => writeSafetensors(new Map([["x", short]]))).toThrow(
    expect.objectContaining({ code: "safetensors/shape" }),
  );
});

test("2,000 damaged files are read or refused, never anything else", () => {
  const whole = writeSafetensors(sampleTensors(), { note: "largest" });
  const digits = [...whole.entries()].filter(([at, byte]) => at < 700 && byte >= 48 && byte <= 57).map(([at]) => at);
  const key = fork(seedKey(7), "damage");
  const codes = new Map<string, number>();
  for (let step = 0; step < 2000; step++) {
    const [kind = 0, count = 0, ...draws] = bits(key, 24, { step });
    const bytes = kind % 4 === 0 ? whole.slice(0, (draws[0] ?? 0) % whole.length) : whole.slice();
    for (let i = 0; i <= count % 8; i++) {
      const [place = 0, value = 0] = draws.slice(2 * i + 1);
      if (kind % 4 === 1) bytes[place % bytes.length] = value;
      else if (kind % 4 === 2) bytes[digits[place % digits.length] ?? 0] = 48 + (value % 10);
      else if (kind % 4 === 3) bytes[8 + (place % 600)] = '{}[]",:-0e\\'.charCodeAt(value % 11);
    }
    try {
      readSafetensors(bytes);
      codes.set("read", (codes.get("read") ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof NablaError)) throw error;
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
  }
  // The damage must reach the checks to be worth anything.
  const reached = ["read", "safetensors/header", "safetensors/truncated", "safetensors/shape", "safetensors/offsets"];
  expect([...codes.keys()]).toEqual(expect.arrayContaining(reached));
});
