import { expect, test } from "vitest";
import { NablaError } from "../../src/base/error.ts";
import { seedKey } from "../../src/base/random.ts";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { model, type TensorProto } from "../../src/exchange/onnx/schema.ts";
import { encode, type Message } from "../../src/exchange/onnx/wire.ts";
import { writeOnnx } from "../../src/exchange/onnx/write-onnx.ts";
import { chain } from "../../src/nn/chain.ts";
import { softmaxCrossEntropy } from "../../src/nn/classification-losses.ts";
import { dense } from "../../src/nn/dense.ts";
import { initModel } from "../../src/nn/model.ts";
import { squaredError } from "../../src/nn/regression-losses.ts";
import { foreignCases } from "./fixtures/onnx/foreign.ts";

const floats = (dims: readonly number[]): Message => ({
  tensorType: {
    elementType: 1,
    shape: { dim: dims.map((value, i) => (i === 0 ? { parameter: "batch" } : { value })) },
  },
});

interface Parts {
  readonly nodes?: readonly (readonly [opType: string, inputs: string, outputs: string])[];
  readonly tensors?: readonly TensorProto[];
  readonly inputs?: readonly (readonly [string, readonly number[]])[];
  readonly opset?: number;
  readonly domain?: string;
}

/** A file of a few nodes on x [batch, 4] that gives y. */
function file({
  nodes = [["Relu", "x", "y"]],
  tensors = [],
  inputs = [["x", [0, 4]]],
  opset = 17,
  domain,
}: Parts = {}): Uint8Array {
  const node = nodes.map(([opType, input, output]) => ({
    opType,
    input: input.split(" "),
    output: output.split(" "),
    ...(domain === undefined ? {} : { domain }),
  }));
  return encode(model, {
    irVersion: 8,
    opsetImport: [{ domain: "", version: opset }],
    graph: {
      name: "g",
      node,
      initializer: tensors,
      input: inputs.map(([name, dims]) => ({ name, type: floats(dims) })),
      output: [{ name: "y", type: floats([0, 4]) }],
    },
  });
}

function refusal(bytes: Uint8Array): NablaError {
  try {
    readOnnx(bytes);
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  }
  throw new Error("it was read");
}

const gemm = [["Gemm", "x w", "y"]] as const;

test("T1 a well-made file is read", () => {
  expect(readOnnx(file()).trained.model.options).toEqual({ layers: [{ kind: "relu" }] });
});

test.each([
  ["no bytes", new Uint8Array(), "onnx/wire", /no ONNX model/],
  ["text", new TextEncoder().encode("this is a text and no model"), "onnx/(wire|truncated)", /./],
  ["opset 8", file({ opset: 8 }), "onnx/opset", /operator set 8, and 9 to 28/],
  ["opset 29", file({ opset: 29 }), "onnx/opset", /operator set 29/],
  [
    "a cycle",
    file({
      nodes: [
        ["Add", "x b", "a"],
        ["Relu", "a", "b"],
        ["Relu", "b", "y"],
      ],
    }),
    "onnx/order",
    /node 1 \("Add"\): it reads "b".*cyclic/,
  ],
  ["a missing input", file({ nodes: [["Relu", "z", "y"]] }), "onnx/order", /"z"/],
  [
    "a value given twice",
    file({
      nodes: [
        ["Relu", "x", "y"],
        ["Tanh", "x", "y"],
      ],
    }),
    "onnx/order",
    /"y" is given twice/,
  ],
  ["an output that nothing gives", file({ nodes: [["Relu", "x", "z"]] }), "onnx/order", /output "y"/],
  ["no batch", file({ inputs: [["x", []]] }), "onnx/input", /0 dimensions/],
  [
    "petabytes",
    file({ nodes: gemm, tensors: [{ name: "w", dims: [4, 2 ** 48], dataType: 1, rawData: new Uint8Array(16) }] }),
    "onnx/truncated",
    /does not hold the 1125899906842624 numbers/,
  ],
  [
    "a shape that overflows",
    file({
      nodes: gemm,
      tensors: [{ name: "w", dims: [2 ** 40, 2 ** 40, 0], dataType: 1, rawData: new Uint8Array() }],
    }),
    "onnx/size",
    /no memory holds/,
  ],
  [
    "a length below nothing",
    file({ nodes: gemm, tensors: [{ name: "w", dims: [-1, -4], dataType: 1, rawData: new Uint8Array(16) }] }),
    "onnx/size",
    /-1, -4/,
  ],
  [
    "numbers outside of the folder",
    file({
      nodes: gemm,
      tensors: [
        { name: "w", dims: [4, 2], dataType: 1, externalData: [{ key: "location", value: "../../etc/passwd" }] },
      ],
    }),
    "onnx/external",
    /"w" is stored in "\.\.\/\.\.\/etc\/passwd", which is no file beside the model's/,
  ],
  [
    "texts for weights",
    file({ nodes: gemm, tensors: [{ name: "w", dims: [1], dataType: 8, stringData: [Uint8Array.of(65)] }] }),
    "onnx/type",
    /texts/,
  ],
  [
    "8-bit floats",
    file({ nodes: gemm, tensors: [{ name: "w", dims: [1], dataType: 17, rawData: Uint8Array.of(1) }] }),
    "onnx/type",
    /element type 17/,
  ],
  [
    "sizes that differ",
    file({ nodes: gemm, tensors: [{ name: "w", dims: [3, 2], dataType: 1, rawData: new Uint8Array(24) }] }),
    "onnx/shape",
    /node 1 \("Gemm"\).*inner sizes differ/,
  ],
] as const)("T1 refused with one sentence: %s", (_, bytes, code, message) => {
  const error = refusal(bytes);
  expect(error.code).toMatch(new RegExp(code));
  expect(error.message).toMatch(message);
});

test("T1 all unknown operators are named in one error", () => {
  const nodes = [
    ["RNN", "x", "a"],
    ["Scan", "a", "b"],
    ["Relu", "b", "c"],
    ["StringNormalizer", "c", "y"],
    ["Scan", "y", "z"],
  ] as const;
  expect(refusal(file({ nodes }))).toMatchObject({
    code: "onnx/operator",
    message: "the model uses operators that are not supported: RNN, Scan, StringNormalizer",
  });
  expect(refusal(file({ domain: "my.company" })).message).toContain("my.company.Relu");
});

test("T1 what an output does not need may be unknown", () => {
  const nodes = [
    ["Relu", "x", "y"],
    ["Scan", "x", "z"],
  ] as const;
  expect(readOnnx(file({ nodes })).trained.model.kind).toBe("chain");
});

test("T1 a network may begin behind preprocessing that is not read", () => {
  const nodes = [
    ["Scan", "x", "prepared"],
    ["Relu", "prepared", "y"],
  ] as const;
  expect(refusal(file({ nodes }))).toMatchObject({ code: "onnx/operator" });
  expect(readOnnx(file({ nodes }), { input: "prepared", shape: [7] }).trained.shape).toEqual([7]);
});

test("T1 damaged metadata of ours are refused by name", () => {
  const bytes = encode(model, {
    opsetImport: [{ version: 17 }],
    graph: { node: [], output: [{ name: "y" }], input: [], initializer: [] },
    metadata: [{ key: "nabla", value: '{"input":"x","output":"y","shape":[4],"loss":"none"}' }],
  });
  expect(refusal(bytes)).toMatchObject({
    code: "onnx/metadata",
    message: expect.stringContaining('"none" is no kind of loss'),
  });
});

test("T1 graphs inside of graphs are entered a few deep, and refused beyond", () => {
  let inner = new Uint8Array();
  // graph (field 6 of an attribute) in an attribute (field 5 of a node) in a node (field 1 of a graph), 6,000 deep
  for (let depth = 0; depth < 6_001 && inner.length < 2_000_000; depth++)
    inner = encode(
      { graph: { number: [6, 5, 1][depth % 3] ?? 1, kind: "bytes", many: false } },
      { graph: inner },
    ) as typeof inner;
  const attribute = encode({ attribute: { number: 5, kind: "bytes", many: false } }, { attribute: inner });
  const node = encode(
    { opType: { number: 4, kind: "text", many: false }, output: { number: 2, kind: "text", many: false } },
    { opType: "Loop", output: "y" },
  );
  const graph = {
    node: { number: 1, kind: "bytes", many: false },
    output: { number: 12, kind: { name: { number: 1, kind: "text", many: false } }, many: false },
  } as const;
  const whole = encode(graph, { node: Uint8Array.from([...node, ...attribute]), output: { name: "y" } });
  const file = {
    graph: { number: 7, kind: "bytes", many: false },
    opset: { number: 8, kind: { version: { number: 2, kind: "int", many: false } }, many: false },
  } as const;
  const deep = encode(file, { graph: whole, opset: { version: 17 } });
  expect(deep.length).toBeGreaterThan(12_000);
  expect(refusal(deep)).toMatchObject({ code: "onnx/size", message: expect.stringContaining("16 deep") });
});

test("T1 a file cut anywhere is refused, and so is one that claims more than it has", () => {
  const [network] = foreignCases("torch");
  const bytes = network?.bytes ?? new Uint8Array();
  for (let length = 0; length < bytes.length; length += 7)
    expect(refusal(bytes.subarray(0, length)).code).toMatch(/^onnx\/(truncated|wire)$/);
  // a graph of 2^62 bytes
  const claims = Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0);
  expect(refusal(claims).code).toBe("onnx/truncated");
});

test("T1 a file of nothing but parts is refused before it fills the memory", () => {
  const bytes = new Uint8Array(3_000_000);
  // 1.5 million empty pairs of metadata
  for (let i = 0; i < bytes.length; i += 2) bytes[i] = 0x72;
  expect(refusal(bytes)).toMatchObject({ code: "onnx/size" });
});

test("T1 very many nodes or inputs are read or refused in good time", () => {
  const chainOf = (count: number): Uint8Array =>
    file({
      nodes: Array.from(
        { length: count },
        (_, i) => ["Relu", i === 0 ? "x" : `r${i}`, i === count - 1 ? "y" : `r${i + 1}`] as const,
      ),
    });
  expect(readOnnx(chainOf(5_000)).trained.model.kind).toBe("graph");
  const sums = file({ nodes: [["Sum", new Array<string>(140_000).fill("x").join(" "), "y"]] });
  expect(refusal(sums)).toMatchObject({ code: "onnx/size", message: expect.stringContaining("steps") });
});

test("T1 open lengths are asked for, and taken", () => {
  const bytes = file({ inputs: [["x", [0, 0]]] });
  expect(refusal(bytes)).toMatchObject({ code: "onnx/input", hint: expect.stringContaining("shape") });
  expect(readOnnx(bytes, { shape: [4] }).trained.shape).toEqual([4]);
});

test("what cannot be written is refused with one sentence", () => {
  const layer = chain(dense(2));
  const { parameters } = initModel(layer, [3], seedKey(1));
  const trained = { model: layer, loss: softmaxCrossEntropy(), weights: parameters, shape: [3] };
  const refused = (action: () => unknown): NablaError => {
    try {
      action();
    } catch (error) {
      if (error instanceof NablaError) return error;
    }
    throw new Error("it was written");
  };
  expect(refused(() => writeOnnx({ trained }, { opset: 16 }))).toMatchObject({
    code: "options/range",
    message: expect.stringContaining("received 16"),
  });
  expect(refused(() => writeOnnx({ trained }, { calibrated: true })).message).toContain("no temperature");
  const preparation = {
    kind: "preparation",
    task: "regression",
    columns: [{ kind: "category", name: "color", levels: ["red", "blue"] }],
    target: { kind: "number", name: "y", mean: 0, deviation: 1 },
  } as const;
  const number = { ...trained, loss: squaredError() };
  expect(refused(() => writeOnnx({ trained: number, preparation }, { inputs: "matrix" })).message).toContain("color");
  expect(refused(() => writeOnnx({ trained: { ...number, shape: [4] }, preparation })).message).toContain(
    "[3], and the model takes [4]",
  );
});
