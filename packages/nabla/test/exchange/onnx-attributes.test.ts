import { expect, test } from "vitest";
import { NablaError } from "../../src/base/error.ts";
import { harmless, operators } from "../../src/exchange/onnx/operators.ts";
import { onnxFiles, readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import {
  type AttributeProto,
  graph as graphSchema,
  type ModelProto,
  model,
  type NodeProto,
  type TensorProto,
} from "../../src/exchange/onnx/schema.ts";
import { decode, encode, type Message } from "../../src/exchange/onnx/wire.ts";
import { predict } from "../../src/train/trained.ts";
import { foreignCases } from "./fixtures/onnx/foreign.ts";
import { type Graph, onnxFile } from "./onnx-file.ts";

const files = [...foreignCases("operators"), ...foreignCases("torch")].map(({ bytes, name }) => ({
  name,
  file: decode(model, bytes) as unknown as ModelProto,
}));

/** The file with one node changed. */
function changed(file: ModelProto, at: number, change: (node: NodeProto) => NodeProto): Uint8Array {
  const node = file.graph?.node.map((one, i) => (i === at ? change(one) : one));
  return encode(model, { ...file, graph: { ...file.graph, node } } as unknown as Message);
}

function refusal(bytes: Uint8Array): NablaError | undefined {
  try {
    readOnnx(bytes);
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  }
  return undefined;
}

/** The first node of each operator in all files. */
const nodes = new Map<string, { readonly file: ModelProto; readonly at: number }>();
for (const { file } of files)
  for (const [at, { opType = "" }] of (file.graph?.node ?? []).entries())
    if (!nodes.has(opType)) nodes.set(opType, { file, at });

test("there is a file with each operator that is read", () => {
  const without = [...operators.keys()].filter((opType) => !nodes.has(opType));
  expect(without).toEqual([]);
});

test.each([...nodes.keys()])("an attribute of %s that nothing reads is refused by name", (opType) => {
  const { file, at } = nodes.get(opType) ?? { file: files[0]?.file as ModelProto, at: 0 };
  for (const made of [
    { name: "surprise", i: 1, type: 2 },
    { name: "surprise", s: new TextEncoder().encode("no"), type: 3 },
  ] satisfies AttributeProto[]) {
    const bytes = changed(file, at, (node) => ({ ...node, attribute: [...node.attribute, made] }));
    expect(refusal(bytes)).toMatchObject({ message: expect.stringContaining('"surprise"') });
  }
});

const variadic = new Set("Max Min Sum Mean Concat Loop".split(" "));

test.each(
  [...nodes.keys()].filter((opType) => !variadic.has(opType)),
)("an input of %s that nothing reads is refused by name", (opType) => {
  const { file, at } = nodes.get(opType) ?? { file: files[0]?.file as ModelProto, at: 0 };
  const name = file.graph?.input[0]?.name ?? "";
  const bytes = changed(file, at, (node) => ({
    ...node,
    input: [...node.input, ...new Array<string>(9 - node.input.length).fill(""), node.input[0] ?? name],
  }));
  expect(refusal(bytes)).toMatchObject({ message: expect.stringContaining("its input 10") });
});

test("attributes that are passed over belong to operators that are read, each with a reason", () => {
  for (const [opType, attributes] of Object.entries(harmless)) {
    expect(operators.has(opType)).toBe(true);
    for (const reason of Object.values(attributes)) expect(reason.length).toBeGreaterThan(10);
  }
});

const w = {
  name: "w",
  dims: [4, 2],
  dataType: 1,
  floatData: [new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer)],
};
const ofChannels = ["s", "b", "m", "v"].map((name) => ({
  name,
  dims: [4],
  dataType: 1,
  floatData: [new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)],
}));
const yes = { name: "yes", dims: [], dataType: 9, int32Data: [Uint8Array.of(1)] };
const half = { name: "half", dims: [], dataType: 1, floatData: [new Uint8Array(Float32Array.of(0.5).buffer)] };

test.each([
  [
    "batch normalization in training",
    {
      nodes: [["BatchNormalization", "x s b m v", "y", { training_mode: { i: 1, type: 2 } }]],
      tensors: ofChannels,
      opset: 15,
    },
    /"training_mode" is 1/,
  ],
  ["dropout in training", { nodes: [["Dropout", "x half yes", "y"]], tensors: [half, yes] }, /training_mode is true/],
  [
    "an axis that is a float",
    { nodes: [["Softmax", "x", "y", { axis: { f: 1, type: 1 } }]] },
    /"axis" is not a whole number/,
  ],
  [
    "a slope that is a whole number",
    { nodes: [["LeakyRelu", "x", "y", { alpha: { i: 1, type: 2 } }]] },
    /"alpha" is not a float/,
  ],
  [
    "axes as an attribute where they are an input",
    { nodes: [["ReduceSum", "x", "y", { axes: { ints: [1], type: 7 } }]] },
    /"axes" is not supported in operator set 17/,
  ],
  ["a cast to nothing", { nodes: [["Cast", "x", "y"]] }, /to which type/],
  [
    "a value from a function around the node",
    { nodes: [["LeakyRelu", "x", "y", { alpha: { refersTo: "slope", type: 1 } }]] },
    /function/,
  ],
  [
    "an output that is not computed",
    {
      nodes: [
        ["Relu", "x", "z more"],
        ["Add", "z more", "y"],
      ],
    },
    /"more", output 2 of "Relu"/,
  ],
  [
    "batch normalization whose outputs say that it trains",
    { nodes: [["BatchNormalization", "x s b m v", "y mean variance"]], tensors: ofChannels, opset: 9 },
    /running statistics, as in training/,
  ],
] as const satisfies readonly (readonly [string, Graph, RegExp])[])("refused by name: %s", (_, graph, message) => {
  expect(refusal(onnxFile(graph as Graph))?.message).toMatch(message);
});

test("a zero that a writer left out is a zero", () => {
  const graph: Graph = { nodes: [["Gemm", "x w", "y", { transB: { type: 2 }, beta: { type: 1 } }]], tensors: [w] };
  expect(readOnnx(onnxFile(graph)).trained.model.kind).toBe("chain");
  const bytes = onnxFile({ nodes: [["Softmax", "x", "y", { axis: { type: 2 } }]], inputs: [["x", [0, 4]]] });
  // axis 0 is the batch's, which a softmax of examples does not mix
  expect(readOnnx(bytes).trained.model.kind).toBe("graph");
});

test("rows by numbers of examples: those below 0 count from the end, along any axis", async () => {
  const codes = { dtype: "float32", shape: [3, 2], data: Float32Array.of(0, -1, 3, -4, -2, 1) } as const;
  const nodes = [
    ["Cast", "x", "i", { to: { i: 7, type: 2 } }],
    ["Gather", "w i", "y"],
  ] as const;
  const embedded = await predict(readOnnx(onnxFile({ nodes, tensors: [w], inputs: [["x", [0, 2]]] })).trained, codes);
  expect(Array.from(embedded.answers.data)).toEqual([1, 2, 7, 8, 7, 8, 1, 2, 5, 6, 3, 4]);
  const along = [
    ["Cast", "x", "i", { to: { i: 7, type: 2 } }],
    ["Gather", "w i", "g", { axis: { i: 1, type: 2 } }],
    ["Transpose", "g", "y", { perm: { ints: [1, 2, 0], type: 7 } }],
  ] as const;
  const two = { dtype: "float32", shape: [2, 1], data: Float32Array.of(-1, 0) } as const;
  const picked = await predict(
    readOnnx(onnxFile({ nodes: along, tensors: [w], inputs: [["x", [0, 1]]] })).trained,
    two,
  );
  expect(Array.from(picked.answers.data)).toEqual([2, 4, 6, 8, 1, 3, 5, 7]);
});

test("weights in files beside the model's are read, and never from elsewhere", async () => {
  const data = new Uint8Array([9, 9, 9, 9, ...new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer)]);
  const outside = (location: string, more: readonly (readonly [string, string])[] = []): Uint8Array =>
    onnxFile({
      nodes: [["MatMul", "x w", "y"]],
      tensors: [
        {
          name: "w",
          dims: [4, 2],
          dataType: 1,
          dataLocation: 1,
          externalData: [["location", location] as const, ...more].map(([key, value]) => ({ key, value })),
        },
      ],
    });
  const at4 = outside("deep/net.data", [["offset", "4"]]);
  expect(onnxFiles(at4)).toEqual(["deep/net.data"]);
  const { trained } = readOnnx(at4, { files: new Map([["deep/net.data", data]]) });
  const x = { dtype: "float32", shape: [1, 4], data: Float32Array.of(1, 0, 0, 1) } as const;
  expect(Array.from((await predict(trained, x)).answers.data)).toEqual([8, 10]);
  expect(refusal(at4)).toMatchObject({ code: "onnx/external", message: expect.stringContaining("was not given") });
  for (const location of ["../net.data", "/etc/passwd", "a/../../b", "C:net", "a\\b", "", "a//b", "./a"])
    expect(() => onnxFiles(outside(location))).toThrow(/no file beside the model's/);
  const files = new Map([["net.data", data]]);
  const read =
    (...more: readonly (readonly [string, string])[]) =>
    () =>
      readOnnx(outside("net.data", more), { files });
  expect(read(["offset", "8"])).toThrow(/does not hold the 8 numbers/);
  expect(read(["offset", "4"], ["length", "999"])).toThrow(/claims bytes 4 to 1003/);
  expect(read(["offset", "-4"])).toThrow(/has the offset "-4"/);
});

test("several inputs and outputs stand in one row of numbers each, in the order of the file", async () => {
  const bytes = onnxFile({
    nodes: [
      ["Concat", "x u", "y", { axis: { i: 1, type: 2 } }],
      ["ReduceSum", "v rest", "z", { keepdims: { i: 0, type: 2 } }],
      ["Relu", "x", "unused"],
    ],
    tensors: [{ name: "rest", dims: [1], dataType: 7, int64Data: [Uint8Array.of(2)] }],
    inputs: [
      ["x", [0, 2]],
      ["u", [0, 1]],
      ["v", [0, 2, 3]],
    ],
    outputs: ["y", "z"],
  });
  const both = readOnnx(bytes, { outputs: ["z", "y"] });
  expect(both.inputs).toEqual(["x", "u", "v"]);
  expect(both.trained.shape).toEqual([9]);
  expect(both.notices).toEqual(['its 3 inputs stand in one row of numbers: 2 of "x", 1 of "u" and 6 of "v"']);
  const row = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const { answers } = await predict(both.trained, { dtype: "float32", shape: [1, 9], data: row });
  expect(Array.from(answers.data)).toEqual([15, 24, 1, 2, 3]);
  const first = readOnnx(bytes);
  expect(first.inputs).toEqual(["x", "u"]);
  expect(first.notices[0]).toBe('of its 2 outputs the first is used, "y"');
});

const bool = (name: string, value: number): TensorProto => ({
  name,
  dims: [],
  dataType: 9,
  int32Data: [Uint8Array.of(value)],
});
const inner = (graph: Graph): AttributeProto => {
  const file = decode(model, onnxFile(graph)) as unknown as ModelProto;
  return { g: encode(graphSchema, file.graph as unknown as Message), type: 5 };
};
const float = (name: string, value: number): TensorProto => ({
  name,
  dims: [],
  dataType: 1,
  floatData: [new Uint8Array(Float32Array.of(value).buffer)],
});

test.each([
  [1, [2, 4]],
  [0, [-1, -2]],
])("of a condition that is known the branch it chooses is read: %i", async (value, expected) => {
  const branches = {
    then_branch: inner({ nodes: [["Add", "x x", "t"]], inputs: [], outputs: ["t"] }),
    else_branch: inner({ nodes: [["Neg", "x", "e"]], inputs: [], outputs: ["e"] }),
  };
  const bytes = onnxFile({ nodes: [["If", "c", "y", branches]], tensors: [bool("c", value)], inputs: [["x", [0, 2]]] });
  const x = { dtype: "float32", shape: [1, 2], data: Float32Array.of(1, 2) } as const;
  expect(Array.from((await predict(readOnnx(bytes).trained, x)).answers.data)).toEqual(expected);
  const open = onnxFile({
    nodes: [
      ["ReduceMax", "x", "m", { keepdims: { i: 0, type: 2 } }],
      ["Less", "m zero", "c"],
      ["If", "c", "y", branches],
    ],
    tensors: [float("zero", 0)],
    inputs: [["x", [0, 2]]],
  });
  expect(refusal(open)).toMatchObject({ code: "onnx/dynamic", message: expect.stringContaining("condition") });
});

test("a loop of a known number of rounds is written out, with what it carries and what it gathers", async () => {
  const body = inner({
    nodes: [
      ["Mul", "before before", "after"],
      ["Identity", "after", "seen"],
      ["Less", "i one", "more"],
    ],
    tensors: [{ name: "one", dims: [], dataType: 7, int64Data: [Uint8Array.of(1)] }],
    inputs: [
      ["i", []],
      ["cond", []],
      ["before", [0, 2]],
    ],
    outputs: ["more", "after", "seen"],
  });
  const bytes = onnxFile({
    nodes: [
      ["Loop", "rounds yes x", "last all", { body }],
      ["ReduceSum", "all first", "total", { keepdims: { i: 0, type: 2 } }],
      ["Add", "last total", "y"],
    ],
    tensors: [
      { name: "rounds", dims: [], dataType: 7, int64Data: [Uint8Array.of(9)] },
      { name: "first", dims: [1], dataType: 7, int64Data: [Uint8Array.of(0)] },
      bool("yes", 1),
    ],
    inputs: [["x", [0, 2]]],
  });
  const x = { dtype: "float32", shape: [1, 2], data: Float32Array.of(2, 3) } as const;
  // two rounds, as its own condition says: 4 and 16, 9 and 81
  expect(Array.from((await predict(readOnnx(bytes).trained, x)).answers.data)).toEqual([36, 171]);
});
