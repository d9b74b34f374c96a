/** ONNX's own node tests: each is one operator with inputs and outputs, without a batch and mostly without weights. */
import { type NdArray, ndarray } from "../../packages/nabla/src/array/ndarray.ts";
import { NablaError } from "../../packages/nabla/src/base/error.ts";
import { compile } from "../../packages/nabla/src/engine/program.ts";
import { reference } from "../../packages/nabla/src/engine/reference/reference.ts";
import { layerOf } from "../../packages/nabla/src/exchange/layer-node.ts";
import { folds } from "../../packages/nabla/src/exchange/onnx/fold.ts";
import { operators } from "../../packages/nabla/src/exchange/onnx/operators.ts";
import { type ModelProto, model as modelSchema } from "../../packages/nabla/src/exchange/onnx/schema.ts";
import { dtypeFor } from "../../packages/nabla/src/exchange/onnx/tensor-proto.ts";
import { translate } from "../../packages/nabla/src/exchange/onnx/translate.ts";
import { arrayValue, type OnnxValue } from "../../packages/nabla/src/exchange/onnx/value.ts";
import { fedRange, wholeValue } from "../../packages/nabla/src/exchange/onnx/whole-numbers.ts";
import { decode } from "../../packages/nabla/src/exchange/onnx/wire.ts";
import { constant, input, isConstant, isInput, isState, state } from "../../packages/nabla/src/graph/leaf.ts";
import { make } from "../../packages/nabla/src/graph/op.ts";
import type { Tensor } from "../../packages/nabla/src/graph/tensor.ts";
import { walk } from "../../packages/nabla/src/graph/walk.ts";
import { buildModel } from "../../packages/nabla/src/nn/model.ts";
import type { Outcome } from "./outcome.ts";

interface Packed {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: string;
}

/** One test as `onnx_nodes.py` prints it. */
export interface NodeTest {
  readonly name: string;
  readonly operators: readonly string[];
  /** Why it cannot be run here, if so. */
  readonly skip?: string;
  readonly inputs: readonly Packed[];
  readonly outputs: readonly Packed[];
  readonly tolerance: readonly [relative: number, absolute: number];
  readonly model: string;
}

/** Which inputs are known while reading: what an operator needs to know is asked for with `onnx/dynamic`. */
const ways: readonly ((packed: Packed, i: number) => boolean)[] = [
  () => false,
  ({ type }) => !/float|bool/.test(type),
  (_, i) => i > 0,
  () => true,
];

/** Whether every operator of the test is one that the reader claims. */
export function isClaimed({ operators: names }: NodeTest): boolean {
  return names.every((name) => operators.has(name) || Object.hasOwn(folds, name));
}

/** Runs one test on both engines. */
export async function runNodeTest(test: NodeTest): Promise<Outcome> {
  if (test.skip !== undefined) return { result: "refused", reason: `the test has ${test.skip}` };
  const file = decode(modelSchema, new Uint8Array(Buffer.from(test.model, "base64"))) as unknown as ModelProto;
  let refusal: NablaError | undefined;
  for (const isKnown of ways) {
    try {
      const outputs = await answers(file, test, isKnown);
      const wrong = test.outputs.findIndex(
        (packed, i) => !agrees(outputs[i], unpacked(packed), toleranceFor(packed, test)),
      );
      return wrong < 0
        ? { result: "passed" }
        : {
            result: "wrong",
            reason: `output ${wrong + 1}: ${shown(outputs[wrong])} for ${shown(unpacked(test.outputs[wrong] as Packed))}`,
          };
    } catch (error) {
      if (!(error instanceof NablaError)) return { result: "wrong", reason: String(error) };
      if (refusal === undefined || refusal.code === "onnx/dynamic") refusal = error;
      if (error.code !== "onnx/dynamic" && error.code !== "onnx/shape") break;
    }
  }
  return { result: "refused", reason: `${refusal?.code}: ${refusal?.message.replace(/^node \d+ \("\w+"\): /, "")}` };
}

async function answers(
  file: ModelProto,
  test: NodeTest,
  isKnown: (packed: Packed, i: number) => boolean,
): Promise<readonly NdArray[]> {
  const { graph, opsetImport } = file;
  if (graph === undefined) throw new Error("no graph");
  const inputs: Tensor[] = [];
  const feeds: Record<string, NdArray> = {};
  // as the reader of files does with the input of a network
  const types = new Map(graph.input.map(({ name, type }) => [name, type?.tensorType?.elementType ?? 1]));
  for (const type of types.values()) dtypeFor(type, "the input");
  const values = test.inputs.map((packed, i): OnnxValue => {
    const array = unpacked(packed);
    const { name } = packed;
    const whole = fedRange(types.get(name) ?? 1);
    if (isKnown(packed, i)) {
      const value = arrayValue(name, array, false);
      return whole === undefined ? value : wholeValue(value, whole.type);
    }
    const dtype = array.dtype === "float64" ? "int32" : array.dtype;
    const fed = input(`input ${i}`, array.shape, dtype);
    inputs.push(fed);
    feeds[`input ${i}`] = dtype === "int32" ? ndarray(Int32Array.from(array.data), array.shape) : array;
    return whole === undefined ? { name, tensor: fed } : { name, tensor: fed, whole };
  });
  const opset = opsetImport.find(({ domain = "" }) => domain === "" || domain === "ai.onnx")?.version ?? 0;
  const find = translate(graph, {
    opset,
    fixedBatch: undefined,
    inputs: values,
    nodes: new Set(graph.node),
    externalData: () => undefined,
  });
  const outputs = Object.fromEntries(test.outputs.map(({ name }, i) => [`output ${i}`, plain(find(name))]));
  const found: NdArray[][] = [];
  for (const engine of [undefined, reference]) {
    const program = await compile({ inputs, outputs }, engine === undefined ? {} : { engine });
    found.push(Object.values(await program.run(feeds)));
  }
  const [fast = [], exact = []] = found;
  for (const [i, array] of fast.entries())
    if (!agrees(array, exact[i] as NdArray, [1e-3, 1e-4])) throw new Error(`the engines differ in output ${i + 1}`);
  return fast;
}

/** The same graph with the ops of layers in place of layers. */
function plain(output: Tensor): Tensor {
  const made = new Map<Tensor, Tensor>();
  for (const node of walk([output])) {
    const inputs = node.inputs.map((from) => made.get(from) ?? from);
    const found = layerOf(node);
    if (found !== undefined) made.set(node, opsOf(node, inputs[0] as Tensor));
    else if (isInput(node) || isState(node) || isConstant(node)) made.set(node, node);
    else made.set(node, make(node.op, inputs, node.attributes));
  }
  return made.get(output) ?? output;
}

function opsOf(node: Tensor, from: Tensor): Tensor {
  const { layer, kept } = layerOf(node) as NonNullable<ReturnType<typeof layerOf>>;
  const variables = new Map(Object.entries(kept).map(([name, array]) => [name, state(name, array)]));
  const built = buildModel(layer, from, { variables, mode: "predict" });
  const numbers = new Map([...built.numbers.values()].map(({ input: fed, value }) => [fed, constant(value)]));
  const made = new Map<Tensor, Tensor>([[from, from]]);
  for (const one of walk([built.output])) {
    if (made.has(one)) continue;
    const leaf = isInput(one) || isState(one) || isConstant(one);
    const inputs = one.inputs.map((inner) => made.get(inner) ?? inner);
    made.set(one, numbers.get(one) ?? (leaf ? one : make(one.op, inputs, one.attributes)));
  }
  return made.get(built.output) as Tensor;
}

/** Numbers of 16 bits differ by their last bits, in which the test's own steps are rounded, since here they have 32. */
function toleranceFor({ type }: Packed, { tolerance }: NodeTest): readonly [number, number] {
  const [relative, absolute] = tolerance;
  if (type === "bfloat16") return [2 ** -6, 2 ** -8];
  return [type === "float16" ? 2 ** -9 : relative, absolute];
}

function unpacked({ type, shape, data }: Packed): NdArray {
  const bytes = new Uint8Array(Buffer.from(data, "base64"));
  const numbers = new Float64Array(bytes.buffer);
  if (type === "bool") return ndarray(Uint8Array.from(numbers), shape, "bool");
  return /float/.test(type) ? ndarray(Float32Array.from(numbers), shape) : ndarray(numbers, shape);
}

function agrees(
  found: NdArray | undefined,
  expected: NdArray,
  [relative, absolute]: readonly [number, number],
): boolean {
  if (found === undefined || String(found.shape) !== String(expected.shape)) return false;
  return expected.data.every((want: number, i: number) => {
    const have = found.data[i] ?? Number.NaN;
    if (Number.isNaN(want)) return Number.isNaN(have);
    return have === want || Math.abs(have - want) <= Math.max(absolute, 1e-5) + relative * Math.abs(want);
  });
}

function shown(array: NdArray | undefined): string {
  return array === undefined
    ? "nothing"
    : `[${array.shape.join(", ")}] ${Array.from(array.data).slice(0, 6).join(" ")}`;
}
