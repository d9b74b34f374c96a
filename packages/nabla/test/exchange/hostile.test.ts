/** Files made to hurt: each is refused in a sentence, before it takes memory or time, and nothing in it is run. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { NablaError } from "../../src/base/error.ts";
import { modelFromJson } from "../../src/exchange/model-json.ts";
import { readNpy, writeNpy } from "../../src/exchange/numpy/npy.ts";
import { readNpz } from "../../src/exchange/numpy/npz.ts";
import { readTfjs } from "../../src/exchange/tfjs/tfjs.ts";
import { readStateDict } from "../../src/exchange/torch/state-dict.ts";
import { crc32 } from "../../src/exchange/zip/crc32.ts";
import { writeZip } from "../../src/exchange/zip/write-zip.ts";
import { type Inflate, readZip } from "../../src/exchange/zip/zip.ts";

let inflated = 0;
const inflate: Inflate = (bytes, limit) => {
  const result = inflateRawSync(bytes, { maxOutputLength: Math.max(1, limit) });
  inflated += result.length;
  return result;
};

function refusal(read: () => unknown): NablaError {
  try {
    read();
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  }
  throw new Error("it was read");
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** An archive with one deflated entry, and what its directory says changed. */
function packed(content: Uint8Array, change: (central: DataView, bytes: Uint8Array) => void = () => {}): Uint8Array {
  const body = deflateRawSync(content);
  const bytes = writeZip(new Map([["a.npy", new Uint8Array(body)]]));
  const view = new DataView(bytes.buffer);
  const central = view.getUint32(bytes.length - 6, true);
  view.setUint16(central + 10, 8, true);
  view.setUint32(central + 16, crc32(content), true);
  view.setUint32(central + 24, content.length, true);
  change(new DataView(bytes.buffer, central), bytes);
  return bytes;
}

test("a deflated entry is unpacked, with its checksum looked at", () => {
  const content = text("nabla ".repeat(100));
  expect([...readZip(packed(content), { inflate }).read("a.npy")]).toEqual([...content]);
  const wrong = packed(content, (central) => central.setUint32(16, 7, true));
  expect(refusal(() => readZip(wrong, { inflate }).read("a.npy")).code).toBe("zip/damaged");
});

test("a bomb is refused before anything of it is unpacked", () => {
  const before = inflated;
  const claims = packed(text("x"), (central) => central.setUint32(24, 4_000_000_000, true));
  expect(refusal(() => readZip(claims, { inflate }))).toMatchObject({
    code: "zip/bomb",
    message: '"a.npy" claims to unpack from 3 bytes to 4000000000',
  });
  const large = packed(new Uint8Array(1_000_000));
  expect(refusal(() => readZip(large, { inflate, limit: 999_999 })).code).toBe("zip/bomb");
  expect(inflated).toBe(before);
  // one that says less than it holds is stopped at what it said
  const more = packed(new Uint8Array(1_000_000), (central) => central.setUint32(24, 100, true));
  expect(refusal(() => readZip(more, { inflate }).read("a.npy")).code).toBe("zip/damaged");
  expect(inflated).toBe(before);
});

test("entries that share their bytes, as in bombs without end, are refused", () => {
  const bytes = writeZip(
    new Map([
      ["a", text("one")],
      ["b", text("two")],
    ]),
  );
  const view = new DataView(bytes.buffer);
  const central = view.getUint32(bytes.length - 6, true);
  view.setUint32(central + 47 + 42, 0, true);
  expect(refusal(() => readZip(bytes, { inflate })).code).toBe("zip/overlap");
});

test.each(["../evil", "/etc/passwd", "a/../../b", "C:\\windows", "a\0b"])("a file named %j is refused", (name) => {
  expect(refusal(() => readZip(writeZip(new Map([[name, text("x")]])), { inflate })).code).toBe("zip/name");
});

test("encrypted entries, other packings and archives cut short are refused", () => {
  const encrypted = packed(text("x"), (central) => central.setUint16(8, 1, true));
  expect(refusal(() => readZip(encrypted, { inflate })).code).toBe("zip/method");
  const bzip = packed(text("x"), (central) => central.setUint16(10, 12, true));
  expect(refusal(() => readZip(bzip, { inflate })).message).toContain("method 12");
  const whole = packed(text("x"));
  expect(refusal(() => readZip(whole.subarray(0, whole.length - 1), { inflate })).code).toBe("zip/truncated");
  const petabytes = packed(text("x"), (central, bytes) => {
    central.setUint32(24, 0xffffffff, true);
    bytes.fill(0, 0);
  });
  expect(refusal(() => readZip(petabytes, { inflate })).code).toMatch(/^zip\//);
});

/** An `.npy` file with any header. */
function npy(header: string, data = 0): Uint8Array {
  const start = writeNpy(ndarray(new Float32Array(0), [0])).subarray(0, 8);
  const literal = text(header);
  return Uint8Array.from([...start, literal.length & 255, literal.length >> 8, ...literal, ...new Uint8Array(data)]);
}

test.each([
  ["npy/truncated", "petabytes", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 100000000), }\n")],
  [
    "npy/shape",
    "more than can be counted",
    npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9007199254740993, 4), }\n"),
  ],
  [
    "npy/shape",
    "an overflow behind a zero",
    npy("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999, 999999999, 0), }\n"),
  ],
  ["npy/objects", "objects", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", 8)],
  ["npy/dtype", "records", npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }\n", 8)],
  ["npy/dtype", "complex numbers", npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", 8)],
  ["npy/header", "code", npy("__import__('os').system('x')\n")],
  [
    "npy/value",
    "a whole number beyond 2^53",
    Uint8Array.from([
      ...npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }\n"),
      255,
      255,
      255,
      255,
      255,
      255,
      255,
      255,
    ]),
  ],
])("%s: an array of %s", (code, _what, bytes) => {
  expect(refusal(() => readNpy(bytes)).code).toBe(code);
});

test("an archive of arrays with something else in it is refused", () => {
  expect(refusal(() => readNpz(writeZip(new Map([["x.pkl", text("")]])), { inflate })).code).toBe("npz/entry");
});

/** A PyTorch archive around a pickle and one storage of four float32. */
function torchFile(pickle: string, storage = 16): Uint8Array {
  const bytes = Uint8Array.from(pickle, (sign) => sign.charCodeAt(0));
  return writeZip(
    new Map([
      ["m/data.pkl", bytes],
      ["m/data/0", new Uint8Array(storage)],
      ["m/version", text("3")],
    ]),
  );
}

const short = (value: string): string => `X${String.fromCharCode(value.length, 0, 0, 0)}${value}`;
const int = (value: number): string =>
  `J${String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255)}`;
const tuple = (values: readonly number[]): string => `(${values.map(int).join("")}t`;
const storage = (elements: number): string =>
  `(${short("storage")}ctorch\nFloatStorage\n${short("0")}${short("cpu")}${int(elements)}tQ`;
const tensor = (offset: number, size: readonly number[], stride: readonly number[], elements = 4): string =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${storage(elements)}${int(offset)}${tuple(size)}${tuple(stride)}\x89}tR`;
const dict = (items: string): string => `\x80\x02}(${items}u.`;

test("a tensor by hand is read", () => {
  const { tensors } = readStateDict(torchFile(dict(`${short("w")}${tensor(1, [2], [1])}`)), { inflate });
  expect(tensors.get("w")).toEqual({ dtype: "float32", shape: [2], data: new Float32Array(2) });
});

const bomb = `\x80\x02}q\x00${Array.from({ length: 40 }, (_, i) => `0}(${short("a")}h${String.fromCharCode(i)}${short("b")}h${String.fromCharCode(i)}uq${String.fromCharCode(i + 1)}`).join("")}.`;

test.each([
  [
    "torch/call",
    "a call of the system",
    "cposix\nsystem\n(X\x02\x00\x00\x00lstR.",
    "this file would call posix.system, and only tensors and containers are read",
  ],
  ["torch/call", "eval", "c__builtin__\neval\n(X\x01\x00\x00\x001tR.", "this file would call Python's eval,"],
  ["torch/call", "a name from the stack", `\x80\x04\x8c\x02os\x8c\x06system\x93.`, "would call os.system"],
  [
    "torch/call",
    "a name that looks known",
    "ctorch._utils\n_rebuild_tensor_v2.__globals__\n.",
    "_rebuild_tensor_v2.__globals__",
  ],
  ["torch/call", "an object of a class", `\x80\x02c__main__\nNet\n)\x81.`, "__main__.Net"],
  ["torch/call", "INST", "(iposix\nsystem\n.", "INST"],
  ["torch/pickle", "attributes on a tensor", dict(`${short("w")}${tensor(0, [1], [1])}}b`), "attributes"],
  [
    "torch/tensor",
    "a tensor beyond its storage",
    dict(`${short("w")}${tensor(3, [2], [1])}`),
    "reaches to element 4 of a storage of 4",
  ],
  [
    "torch/tensor",
    "a storage that claims more than it has",
    dict(`${short("w")}${tensor(0, [8], [1], 1000)}`),
    "storage of 4",
  ],
  [
    "torch/size",
    "one number repeated a billion times",
    dict(`${short("w")}${tensor(0, [1_000_000_000], [0])}`),
    "claims far more numbers",
  ],
  ["torch/pickle", "negative strides", dict(`${short("w")}${tensor(3, [2], [-1])}`), "not described by"],
  ["torch/pickle", "dictionaries that double forty times", bomb, "without end"],
  ["torch/truncated", "a text of 4 GB", "\x80\x02X\xff\xff\xff\xff.", "in the middle"],
  ["torch/pickle", "a value that was never kept", "\x80\x02h\x07.", "not kept"],
  ["torch/no-tensors", "an empty dictionary", "\x80\x02}.", "holds no tensor"],
])("%s: %s", (code, _what, pickle, message) => {
  const error = refusal(() => readStateDict(torchFile(pickle), { inflate }));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
});

test("a TensorFlow.js model cannot name files elsewhere, or claim petabytes", async () => {
  const file = (path: string, shape: readonly number[]): Uint8Array =>
    text(
      JSON.stringify({
        modelTopology: {},
        weightsManifest: [{ paths: [path], weights: [{ name: "a/b", shape, dtype: "float32" }] }],
      }),
    );
  const shard = async (): Promise<Uint8Array> => new Uint8Array(8);
  for (const path of ["../secret", "/etc/passwd", "..", "a/b", "c:x"])
    await expect(readTfjs(file(path, [2]), shard)).rejects.toMatchObject({ code: "tfjs/shard" });
  await expect(readTfjs(file("w.bin", [2 ** 40]), shard)).rejects.toMatchObject({ code: "tfjs/truncated" });
  await expect(readTfjs(file("w.bin", [2 ** 40, 2 ** 40]), shard)).rejects.toMatchObject({ code: "tfjs/weights" });
});

test("a description that claims more than memory holds, or nests without end, is refused", () => {
  const dense = { layers: { kind: "dense", units: 1e15 }, loss: "squaredError", shape: [1e6] };
  expect(refusal(() => modelFromJson(dense, new Map())).code).toBe("model/damaged");
  const nested = JSON.parse(`${'{"kind":"chain","layers":['.repeat(20_000)}${"]}".repeat(20_000)}`);
  expect(refusal(() => modelFromJson({ layers: nested, loss: "squaredError", shape: [1] }, new Map())).code).toBe(
    "model/damaged",
  );
});

/** A TensorFlow.js model without weights, of layers `[name, class, names before]`. */
function graphFile(layers: readonly (readonly [string, string, readonly string[]])[], output: string): Uint8Array {
  const described = layers.map(([name, kind, from]) => ({
    class_name: kind,
    name,
    config: kind === "InputLayer" ? { name, batch_input_shape: [null, 4] } : { name, activation: "relu" },
    inbound_nodes: from.length === 0 ? [] : [from.map((before) => [before, 0, 0, {}])],
  }));
  const config = { layers: described, input_layers: [["x", 0, 0]], output_layers: [[output, 0, 0]] };
  return text(JSON.stringify({ modelTopology: { class_name: "Model", config }, weightsManifest: [] }));
}

test.each([
  [
    "a cycle",
    [
      ["x", "InputLayer", []],
      ["a", "Activation", ["b"]],
      ["b", "Activation", ["a"]],
    ],
    "b",
  ],
  [
    "an output that nothing leads to",
    [
      ["x", "InputLayer", []],
      ["a", "Activation", ["x"]],
    ],
    "elsewhere",
  ],
  [
    "a sum of itself",
    [
      ["x", "InputLayer", []],
      ["a", "Add", ["x", "x"]],
      ["b", "Add", ["a", "b"]],
    ],
    "b",
  ],
] as const)("a graph with %s is refused", async (_what, layers, output) => {
  const shard = async (): Promise<Uint8Array> => new Uint8Array();
  await expect(readTfjs(graphFile(layers, output), shard)).rejects.toMatchObject({ code: "keras/graph" });
  const { trained } = await readTfjs(
    graphFile(
      [
        ["x", "InputLayer", []],
        ["a", "Activation", ["x"]],
      ],
      "a",
    ),
    shard,
  );
  expect(trained.shape).toEqual([4]);
});

test("quantized weights of TensorFlow.js become the numbers they stand for", async () => {
  const weights = [
    { name: "d/kernel", shape: [2, 2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
    { name: "d/bias", shape: [2], dtype: "float32", quantization: { dtype: "float16" } },
  ];
  const layer = { class_name: "Dense", config: { name: "d", units: 2, batch_input_shape: [null, 2] } };
  const modelTopology = { model_config: { class_name: "Sequential", config: { layers: [layer] } } };
  const file = text(JSON.stringify({ modelTopology, weightsManifest: [{ paths: ["w"], weights }] }));
  const { trained } = await readTfjs(file, async () => Uint8Array.of(0, 2, 4, 255, 0, 0x3c, 0, 0xc0));
  expect(trained.weights.get("dense1.weights")?.data).toEqual(Float32Array.of(-1, 0, 1, 126.5));
  expect(trained.weights.get("dense1.bias")?.data).toEqual(Float32Array.of(1, -2));
});
