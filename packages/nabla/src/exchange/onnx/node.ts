/** One node of an ONNX graph as operators see it. */
import type { NdArray } from "../../array/ndarray.ts";
import { type Dim, normalizeAxes, type Shape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { decodeUtf8 } from "../utf8.ts";
import type { AttributeProto } from "./schema.ts";
import { readTensor } from "./tensor-proto.ts";
import { type OnnxValue, shapeOf, type TensorPool } from "./value.ts";

/** What the translation of one graph knows. */
export interface Translation {
  readonly opset: number;
  readonly tensors: TensorPool;
  /** How often each name is read: a weight that is read once can belong to one layer. */
  readonly uses: ReadonlyMap<string, number>;
  /** The size of the batch that the file was made for, where it names one; constants may then contain it. */
  readonly fixedBatch: number | undefined;
}

/** A node with its inputs looked up. */
export class OnnxNode {
  readonly opType: string;
  readonly translation: Translation;
  readonly inputs: readonly (OnnxValue | undefined)[];
  /** How many outputs are named. */
  readonly outputs: number;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;

  constructor(
    opType: string,
    translation: Translation,
    values: {
      readonly inputs: readonly (OnnxValue | undefined)[];
      readonly outputs: number;
      readonly attributes: readonly AttributeProto[];
    },
  ) {
    this.opType = opType;
    this.translation = translation;
    this.inputs = values.inputs;
    this.outputs = values.outputs;
    this.#attributes = new Map(values.attributes.map((attribute) => [attribute.name ?? "", attribute]));
  }

  get opset(): number {
    return this.translation.opset;
  }

  has(i: number): boolean {
    return this.inputs[i] !== undefined;
  }

  /** An input. Throws `onnx/input` where it is left out. */
  value(i: number): OnnxValue {
    const value = this.inputs[i];
    if (value === undefined) throw new NablaError("onnx/input", `input ${i + 1} is missing`);
    return value;
  }

  /** An input with its axes in ONNX's order. */
  tensor(i: number): Tensor {
    return this.translation.tensors.of(this.value(i));
  }

  /** An input with its channels last. */
  last(i: number): Tensor {
    return this.translation.tensors.last(this.value(i));
  }

  shape(i: number): Shape {
    return shapeOf(this.value(i));
  }

  /** The numbers of an input that must be known before anything runs. Throws `onnx/dynamic`. */
  array(i: number): NdArray {
    const { array, name } = this.value(i);
    if (array === undefined) throw dynamic(name);
    return array;
  }

  /** An input's array where it is a weight that no other node reads. */
  ownArray(i: number): NdArray | undefined {
    const value = this.inputs[i];
    const single = value?.learned === true && this.translation.uses.get(value.name) === 1;
    return single && value.array?.dtype === "float32" ? value.array : undefined;
  }

  /** Whole numbers of an input, of which some may be the batch. Throws `onnx/dynamic`. */
  lengths(i: number): readonly Dim[] {
    const { lengths, name } = this.value(i);
    if (lengths === undefined) throw dynamic(name);
    return lengths.items;
  }

  /** Whole numbers of an input. Throws `onnx/dynamic`. */
  counts(i: number): readonly number[] {
    return this.lengths(i).map((item) => {
      if (typeof item === "string") throw dynamic(this.value(i).name);
      return item;
    });
  }

  /** A single number of an input. Throws `onnx/dynamic`, `onnx/shape`. */
  scalar(i: number): number {
    const { data } = this.array(i);
    if (data.length !== 1)
      throw new NablaError("onnx/shape", `input ${i + 1} must be one number, it has ${data.length}`);
    return data[0] ?? 0;
  }

  integer(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.i ?? otherwise;
  }

  real(name: string, otherwise: number): number {
    const value = this.#attributes.get(name)?.f;
    return value === undefined ? otherwise : tidy(value);
  }

  integers(name: string): readonly number[] | undefined {
    const found = this.#attributes.get(name);
    return found === undefined || (found.ints?.length === 0 && found.type !== 7) ? undefined : found.ints;
  }

  text(name: string, otherwise: string): string {
    const bytes = this.#attributes.get(name)?.s;
    return bytes === undefined ? otherwise : (decodeUtf8(bytes) ?? otherwise);
  }

  /** The attribute itself, for constants, which may be given in many ways. */
  attribute(name: string): AttributeProto | undefined {
    return this.#attributes.get(name);
  }

  tensorAttribute(name: string): NdArray | undefined {
    const proto = this.#attributes.get(name)?.t;
    return proto === undefined ? undefined : readTensor(proto);
  }

  /** Axes from an attribute (before the operator's version `since`) or an input (from then on), counted from 0. */
  axes(input: number, since: number, rank: number): readonly number[] | undefined {
    const given = this.opset < since ? this.integers("axes") : this.has(input) ? this.counts(input) : undefined;
    return given === undefined ? undefined : normalizeAxes(new Array<number>(rank).fill(1), [...given]);
  }

  /** One axis from an attribute, counted from 0. */
  axis(otherwise: number, rank: number): number {
    return normalizeAxes(new Array<number>(rank).fill(1), this.integer("axis", otherwise))[0] ?? 0;
  }

  /** Refuses a setting that is not computed. */
  refuse(message: string): never {
    throw new NablaError("onnx/attribute", message);
  }
}

function dynamic(name: string): NablaError {
  return new NablaError(
    "onnx/dynamic",
    `"${name}" must be known before anything runs, but it is computed from the examples or the batch size`,
  );
}

/** The shortest number that is the same in float32: 1e-5 instead of 0.000009999999747378752. */
function tidy(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

/** What an operator gives: one value, or several in order. */
export type Given = Partial<OnnxValue> | readonly Partial<OnnxValue>[];

/** How one operator is translated. Throws NablaErrors that the translation puts into words. */
export type Operator = (node: OnnxNode) => Given;
