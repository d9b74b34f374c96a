import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import type { TensorProto } from "../../src/exchange/onnx/schema.ts";
import { predict } from "../../src/train/trained.ts";
import { type Graph, onnxFile } from "./onnx-file.ts";

/** Whole types by ONNX's number, and the arrays that hold what they hold. */
const types = {
  uint8: [2, Uint8Array],
  int8: [3, Int8Array],
  uint16: [4, Uint16Array],
  int16: [5, Int16Array],
  int32: [6, Int32Array],
  int64: [7, BigInt64Array],
  uint32: [12, Uint32Array],
  uint64: [13, BigUint64Array],
} as const;

type TypeName = keyof typeof types;

const to = (type: TypeName | "float") => ({ to: { i: type === "float" ? 1 : types[type][0], type: 2 } });

function tensor(name: string, type: TypeName, numbers: readonly number[]): TensorProto {
  const [dataType, Numbers] = types[type];
  const data =
    Numbers === BigInt64Array || Numbers === BigUint64Array
      ? Numbers.from(numbers.map(BigInt))
      : (Numbers as Uint8ArrayConstructor).from(numbers);
  return { name, dims: [numbers.length], dataType, rawData: new Uint8Array(data.buffer) };
}

/** What a file answers for one row of four numbers, which it casts to the type, works on, and casts back. */
async function answer(type: TypeName, nodes: Graph["nodes"], row: readonly number[], c: readonly number[] = []) {
  const bytes = onnxFile({
    nodes: [["Cast", "x", "a", to(type)], ...nodes, ["Cast", "b", "y", to("float")]],
    tensors: c.length === 0 ? [] : [tensor("c", type, c)],
  });
  const { trained } = readOnnx(bytes);
  const { answers } = await predict(trained, ndarray(Float32Array.from(row), [1, 4]));
  return Array.from(answers.data);
}

/** The numbers as a type of 32 bits and fewer holds them. */
function held(type: TypeName, numbers: readonly number[]): readonly number[] {
  const [, Numbers] = types[type];
  return Array.from((Numbers as Int32ArrayConstructor).from(numbers));
}

const row = [3, 100, 120, 7];
const others = [2, 120, 101, 100];
const pairs: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: Math.imul,
};

const short = ["uint8", "int8", "uint16", "int16", "int32"] as const;

test.each(
  short.flatMap((type) => Object.keys(pairs).map((op) => [op, type] as const)),
)("%s of %s starts again at the end of its type", async (op, type) => {
  const wanted = held(
    type,
    row.map((a, i) => pairs[op]?.(a, others[i] ?? 0) ?? 0),
  );
  expect(await answer(type, [[op, "a c", "b"]], row, others)).toEqual(wanted);
  // the same numbers, all of them known while reading
  const known: Graph["nodes"] = [
    [op, "d c", "e"],
    ["Sub", "a a", "z"],
    ["Add", "z e", "b"],
  ];
  const bytes = onnxFile({
    nodes: [["Cast", "x", "a", to(type)], ...known, ["Cast", "b", "y", to("float")]],
    tensors: [tensor("c", type, others), tensor("d", type, row)],
  });
  const { answers } = await predict(readOnnx(bytes).trained, ndarray(Float32Array.from(row), [1, 4]));
  expect(Array.from(answers.data)).toEqual(wanted);
});

const axes = { axes: { ints: [1], type: 7 } };

test.each([
  ["int8", [["Neg", "a", "b"]], [-128, 127, 0, 1], [-128, -127, 0, -1]],
  ["int8", [["Abs", "a", "b"]], [-128, -127, 0, 1], [-128, 127, 0, 1]],
  ["uint8", [["Pow", "a c", "b"]], [2, 3, 16, 255], [2 ** 7, 3, 0, 255 ** 2 % 256]],
  ["uint8", [["ReduceSum", "a c", "b"]], [200, 100, 50, 6], [100]],
  ["uint16", [["ReduceProd", "a", "b", axes]], [256, 16, 16, 3], [0]],
  ["int16", [["ReduceSumSquare", "a", "b", axes]], [181, 181, 0, 0], [2 * 181 ** 2 - 2 ** 16]],
  ["uint8", [["CumSum", "a c", "b"]], [200, 100, 50, 6], [200, 44, 94, 100]],
  ["uint8", [["Sum", "a a a", "b"]], [100, 85, 86, 1], [44, 255, 2, 3]],
] satisfies [TypeName, Graph["nodes"], number[], number[]][])("%s: %j of %j", async (type, nodes, row, wanted) => {
  const [op] = nodes[0] ?? [];
  const second: TensorProto[] =
    op === "Pow"
      ? [tensor("c", type, [7, 1, 2, 2])]
      : op === "CumSum"
        ? [{ ...tensor("c", "int64", [1]), dims: [] }]
        : [tensor("c", "int64", [1])];
  const bytes = onnxFile({
    nodes: [["Cast", "x", "a", to(type)], ...nodes, ["Cast", "b", "y", to("float")]],
    tensors: second,
  });
  const { answers } = await predict(readOnnx(bytes).trained, ndarray(Float32Array.from(row), [1, 4]));
  expect(Array.from(answers.data)).toEqual(wanted);
});

test("a cast between whole types keeps what the shorter one holds", async () => {
  const nodes: Graph["nodes"] = [
    ["Cast", "a", "s", to("int8")],
    ["CastLike", "s c", "b"],
  ];
  expect(await answer("int32", nodes, [127, 128, 255, 256], [1])).toEqual([127, -128, -1, 0]);
});

test.each([
  ["int64", "Mul"],
  ["uint64", "Mul"],
  ["uint32", "Mul"],
  ["uint32", "Sub"],
  ["uint64", "Sub"],
] as const)("%s that %s may take beyond 32 bits is refused by name", async (type, op) => {
  await expect(answer(type, [[op, "a a", "b"]], row)).rejects.toMatchObject({
    code: "onnx/type",
    message: expect.stringContaining(`whole numbers of ${type}`),
  });
});

test("int64 that surely stays within 32 bits is computed", async () => {
  expect(await answer("int64", [["Add", "a c", "b"]], row, others)).toEqual([5, 220, 221, 107]);
  expect(await answer("int64", [["Div", "a c", "b"]], [-7, 7, 9, 1], [2, -2, 3, 5])).toEqual([-3, -3, 3, 0]);
  // as positions of words are made: what is not a padding is counted
  const nodes: Graph["nodes"] = [
    ["Equal", "a c", "p"],
    ["Not", "p", "n"],
    ["Cast", "n", "m", to("int64")],
    ["CumSum", "m one", "s"],
    ["Mul", "s m", "b"],
  ];
  const bytes = onnxFile({
    nodes: [["Cast", "x", "a", to("int64")], ...nodes, ["Cast", "b", "y", to("float")]],
    tensors: [tensor("c", "int64", [1]), { ...tensor("one", "int64", [1]), dims: [] }],
  });
  const { answers } = await predict(readOnnx(bytes).trained, ndarray([1, 5, 6, 1], [1, 4]));
  expect(Array.from(answers.data)).toEqual([0, 1, 2, 0]);
});

test("where a slice ends may lie beyond 32 bits: it is no number that is computed with", async () => {
  const bytes = onnxFile({
    nodes: [
      ["Cast", "x", "a", to("int64")],
      ["Slice", "a from until axis step", "b"],
      ["Cast", "b", "y", to("float")],
    ],
    tensors: [
      tensor("from", "int64", [-1]),
      tensor("until", "int64", [Number(-(2n ** 63n))]),
      tensor("axis", "int64", [1]),
      tensor("step", "int64", [-1]),
    ],
  });
  const { answers } = await predict(readOnnx(bytes).trained, ndarray(Float32Array.from(row), [1, 4]));
  expect(Array.from(answers.data)).toEqual(row.toReversed());
});
