/** An ONNX graph being built: nodes in order, their initializers, every name once. */
import type { NdArray } from "../../array/ndarray.ts";
import type { Dim, Shape } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import { NablaError } from "../../base/error.ts";
import { encodeUtf8 } from "../utf8.ts";
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from "./schema.ts";
import { DATA_TYPES, int64Tensor, tensorProto } from "./tensor-proto.ts";

/** An attribute of a node: integers and floats are distinguished by their constructor. */
export type Setting = Omit<AttributeProto, "name">;

/** A whole number as a setting. */
export const whole = (i: number): Setting => ({ i, type: 2 });
/** Whole numbers as a setting. */
export const wholes = (ints: readonly number[]): Setting => ({ ints, type: 7 });
/** A float32 as a setting. */
export const real = (f: number): Setting => ({ f, type: 1 });
/** Texts as a setting. */
export const texts = (strings: readonly string[]): Setting => ({ strings: strings.map(encodeUtf8), type: 8 });

/** The operator domain of classical ML and preprocessing, in addition to ONNX's default one. */
export const CLASSICAL = "ai.onnx.ml";

/** Collects a graph. */
export class GraphWriter {
  readonly opset: number;
  readonly nodes: NodeProto[] = [];
  readonly tensors: TensorProto[] = [];
  readonly inputs: ValueInfoProto[] = [];
  readonly #names = new Set<string>();
  readonly #lists = new Map<string, string>();
  #batch: string | undefined;
  #examples: string | undefined;

  constructor(opset: number) {
    this.opset = opset;
  }

  /** An input of the whole graph; the first dimension is the batch. */
  input(name: string, elementType: number, example: Shape): string {
    if (this.#names.has(name)) throw new NablaError("onnx/write", `two inputs are named "${name}"`, "rename a column");
    this.#names.add(name);
    this.inputs.push(valueInfo(name, elementType, ["batch", ...example]));
    return name;
  }

  /** From here on the batch is read off this value, so that what follows stands without what came before. */
  startFrom(examples: string): void {
    this.#examples = examples;
    this.#batch = undefined;
  }

  /** A node; gives the name of its only output. Settings whose value is undefined are left out. */
  node(
    opType: string,
    input: readonly string[],
    settings: { readonly [name: string]: Setting | undefined } = {},
    domain?: string,
  ): string {
    const output = this.#fresh(opType);
    this.#add(opType, input, output, settings, domain);
    return output;
  }

  /** A node whose output has a name that users meet. */
  named(output: string, opType: string, input: readonly string[]): string {
    if (this.#names.has(output))
      throw new NablaError("onnx/write", `an input has the name of the output, "${output}"`, "rename a column");
    this.#names.add(output);
    this.#add(opType, input, output, {}, undefined);
    return output;
  }

  /** An array that the file carries. */
  array(array: NdArray, base = "constant"): string {
    const name = this.#fresh(base);
    this.tensors.push(tensorProto(name, array));
    return name;
  }

  /** Whole numbers for shapes, axes and limits; equal lists are one. */
  list(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const key = `${values}|${dims}`;
    const name = this.#lists.get(key) ?? this.#fresh("numbers");
    if (!this.#lists.has(key)) this.tensors.push(int64Tensor(name, values, dims));
    this.#lists.set(key, name);
    return name;
  }

  /** The name of a list of lengths, int64; the batch is read off the first input, or off what the network starts from, when the graph runs. */
  lengths(shape: Shape): string {
    if (shape.every((dim) => typeof dim === "number")) return this.list(shape);
    return this.node(
      "Concat",
      shape.map((dim) => this.#length(dim)),
      { axis: whole(0) },
    );
  }

  #length(dim: Dim): string {
    if (typeof dim === "number") return this.list([dim]);
    const times = Number(dim.split("*")[1] ?? 1);
    const from = this.#examples ?? this.inputs[0]?.name ?? "";
    this.#batch ??= this.node("Shape", [from], { start: whole(0), end: whole(1) });
    return times === 1 ? this.#batch : this.node("Mul", [this.#batch, this.list([times])]);
  }

  #add(
    opType: string,
    input: readonly string[],
    output: string,
    settings: { readonly [name: string]: Setting | undefined },
    domain: string | undefined,
  ): void {
    const attribute = Object.entries(settings).flatMap(([name, setting]) =>
      setting === undefined ? [] : [{ name, ...setting }],
    );
    this.nodes.push(compact({ input, output: [output], name: output, opType, attribute, domain }));
  }

  #fresh(base: string): string {
    let name = base;
    for (let i = 1; this.#names.has(name); i++) name = `${base}_${i}`;
    this.#names.add(name);
    return name;
  }
}

/** A named value of some type and shape. */
export function valueInfo(name: string, elementType: number, shape: Shape): ValueInfoProto {
  const dim = shape.map((length) => (typeof length === "number" ? { value: length } : { parameter: length }));
  return { name, type: { tensorType: { elementType, shape: { dim } } } };
}

/** The element types by our names, for casts. */
export const CAST_TYPES = {
  float32: DATA_TYPES.float,
  float64: DATA_TYPES.double,
  int32: DATA_TYPES.int32,
  bool: DATA_TYPES.bool,
} as const;
