/**
 * Files of ours, run as they stand: every node before and after the network plainly, and the network as it is read back.
 * So that a file can be compared with its model when it is written.
 */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { textInputs } from "../../data/fill-features.ts";
import type { ColumnPreparation } from "../../data/preparation.ts";
import { blockOf, columnOf, type Table } from "../../data/table.ts";
import type { TextPreparation } from "../../data/text-preparation.ts";
import { squaredError } from "../../nn/regression-losses.ts";
import { predict } from "../../train/trained.ts";
import { type PlainValue, plainOperators } from "./plain-operators.ts";
import { readOnnx } from "./read-onnx.ts";
import {
  type ModelProto,
  model as modelSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./schema.ts";
import { DATA_TYPES } from "./tensor-proto.ts";
import { decode } from "./wire.ts";

/**
 * What a file that `writeOnnx` made of a model with its preparation answers for rows: [rows, numbers], those of several targets
 * side by side. Columns come in as
 * the file declares them, so that a float32 input rounds. Throws `onnx/answer` for a file without a preparation, and for
 * an operator that is not run here.
 */
export async function answerOnnx(bytes: Uint8Array, rows: Table): Promise<NdArray> {
  const { graph } = decode(modelSchema, bytes) as unknown as ModelProto;
  const { metadata, trained, output } = readOnnx(bytes);
  const { input: begins } = JSON.parse(metadata.nabla ?? "{}") as { readonly input?: string };
  if (graph === undefined || metadata.inputs === undefined || begins === undefined)
    throw new NablaError("onnx/answer", "the file holds a network without what prepares its rows");
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const values = new Map(graph.initializer.map((tensor) => [tensor.name ?? "", storedValue(tensor)]));
  for (const info of graph.input) values.set(info.name ?? "", rawValue(info, rows, metadata));
  evaluate(begins, values, makers);
  const { shape, data } = known(values.get(begins), "what the network takes");
  const inputs = ndarray(Float32Array.from(data as ArrayLike<number>), shape);
  // squared error leaves outputs as they are
  const { answers } = await predict({ ...trained, loss: squaredError() }, inputs);
  values.set(output, { type: DATA_TYPES.float, shape: answers.shape, data: answers.data });
  const found = graph.output.map(({ name = "" }) => {
    evaluate(name, values, makers);
    return known(values.get(name), "the answers");
  });
  return sideBySide(found, rows.rows);
}

/** The outputs of a file as one: those of each target beside those of the one before. */
function sideBySide(outputs: readonly PlainValue[], rows: number): NdArray {
  const [only] = outputs;
  if (only !== undefined && outputs.length === 1)
    return ndarray(Float64Array.from(only.data as ArrayLike<number>), only.shape);
  const data = Array.from({ length: rows }, (_, row) =>
    outputs.flatMap(({ data, shape: [, width = 1] }) =>
      Array.from({ length: width }, (_, i) => Number(data[row * width + i])),
    ),
  );
  return ndarray(Float64Array.from(data.flat()), [rows, data[0]?.length ?? 0]);
}

/** Finds a value and all that it is made of, without going deeper than one call: graphs may be long. */
function evaluate(wanted: string, values: Map<string, PlainValue>, makers: ReadonlyMap<string, NodeProto>): void {
  const stack = [wanted];
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const node = makers.get(name);
    const open = values.has(name) ? [] : (node?.input ?? []).filter((input) => !values.has(input));
    if (!values.has(name) && open.length === 0) values.set(name, run(known(node, `what gives ${name}`), values));
    if (open.length === 0) stack.pop();
    else stack.push(...open);
  }
}

function run(node: NodeProto, values: ReadonlyMap<string, PlainValue>): PlainValue {
  const { opType = "" } = node;
  const operator = Object.hasOwn(plainOperators, opType) ? plainOperators[opType] : undefined;
  if (operator === undefined) throw new NablaError("onnx/answer", `the operator ${opType} is not run here`);
  return operator(
    node.input.map((name) => known(values.get(name), name)),
    new Map(node.attribute.map((attribute) => [attribute.name ?? "", attribute])),
  );
}

/** A tensor of the file with all its digits. */
function storedValue({ dataType = 0, dims, rawData = new Uint8Array(0) }: TensorProto): PlainValue {
  const { buffer } = rawData.slice();
  const data =
    dataType === DATA_TYPES.double
      ? new Float64Array(buffer)
      : dataType === DATA_TYPES.int64
        ? Float64Array.from(new BigInt64Array(buffer), Number)
        : dataType === DATA_TYPES.float
          ? new Float32Array(buffer)
          : new Uint8Array(buffer);
  return { type: dataType, shape: dims, data };
}

/** Raw rows as an input of the file takes them: a column, or all of them side by side. */
function rawValue(info: ValueInfoProto, rows: Table, metadata: Readonly<Record<string, string>>): PlainValue {
  const type = info.type?.tensorType?.elementType ?? DATA_TYPES.float;
  const round = type === DATA_TYPES.float ? Math.fround : (value: number): number => value;
  if (metadata.inputs === "matrix") {
    const names = (JSON.parse(metadata.columns ?? "[]") as readonly { readonly name: string }[]).map(
      ({ name }) => name,
    );
    const columns = names.map((name) => numbersOf(rows, name));
    const data = Float64Array.from({ length: rows.rows * names.length }, (_, i) =>
      round(columns[i % names.length]?.[Math.floor(i / names.length)] ?? Number.NaN),
    );
    return { type, shape: [rows.rows, names.length], data };
  }
  const column = columnOf(rows, info.name ?? "");
  const texts = textsIn(metadata, column.name);
  if (texts !== undefined) return { type, ...textInputs(texts, column) };
  if (column.kind === "category")
    return { type, shape: [rows.rows, 1], data: Array.from(column.codes, (code) => column.levels[code] ?? "") };
  const block = blockOf(column);
  const shape = block.length === 0 ? [rows.rows, 1] : [rows.rows, ...block];
  return { type, shape, data: Float64Array.from(column.values.data, round) };
}

/** How the texts of a column become numbers, where it has texts. */
function textsIn(metadata: Readonly<Record<string, string>>, name: string): TextPreparation | undefined {
  const columns = JSON.parse(metadata.columns ?? "[]") as readonly ColumnPreparation[];
  const found = columns.find((column) => column.name === name);
  return found?.kind === "text" ? found : undefined;
}

function numbersOf(rows: Table, name: string): ArrayLike<number> {
  const column = columnOf(rows, name);
  return column.kind === "number" && elementsOf(blockOf(column)) === 1 ? column.values.data : [];
}
