/** One node of an ONNX graph as operators see it. */
import type { NdArray } from "../../array/ndarray.ts";
import { type Dim, normalizeAxes, type Shape } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { decodeUtf8 } from "../utf8.ts";
import type { AttributeProto, GraphProto } from "./schema.ts";
import { subgraphOf } from "./subgraph.ts";
import { type ExternalData, readTensor } from "./tensor-proto.ts";
import { type OnnxValue, shapeOf, type TensorPool } from "./value.ts";

/** What the translation of one graph knows. */
export interface Translation {
  readonly opset: number;
  readonly tensors: TensorPool;
  /** How often each name is read: a weight that is read once can belong to one layer. */
  readonly uses: ReadonlyMap<string, number>;
  /** Numbers that lie beside the file, by what the file calls them. */
  readonly externalData: ExternalData;
  /** The size of the batch that the file was made for, where it names one; constants may then contain it. */
  readonly fixedBatch: number | undefined;
}

/** Runs a graph inside a node, once or often, and gives its outputs. */
type Enter = (graph: GraphProto, given: readonly OnnxValue[], often: boolean) => readonly OnnxValue[];

/** A node with its inputs looked up. */
export class OnnxNode {
  readonly opType: string;
  readonly translation: Translation;
  readonly inputs: readonly (OnnxValue | undefined)[];
  /** How many outputs are named. */
  readonly outputs: number;
  readonly #enter: Enter;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;
  /** What has been looked at: names of attributes, and numbers of inputs. */
  readonly #looked = new Set<string | number>();

  constructor(
    opType: string,
    translation: Translation,
    values: {
      readonly inputs: readonly (OnnxValue | undefined)[];
      readonly outputs: number;
      readonly attributes: readonly AttributeProto[];
      readonly enter: Enter;
    },
  ) {
    this.opType = opType;
    this.translation = translation;
    this.inputs = values.inputs;
    this.outputs = values.outputs;
    this.#enter = values.enter;
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
    this.#looked.add(i);
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
    this.#looked.add(i);
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

  /** A whole number. Throws `onnx/attribute` where the file says something else under this name. */
  integer(name: string, otherwise: number): number {
    const found = this.#typed(name, TYPES.int, "a whole number");
    return found === undefined ? otherwise : (found.i ?? 0);
  }

  /** A float32, as the shortest number that is the same one. Throws `onnx/attribute`. */
  real(name: string, otherwise: number): number {
    const found = this.#typed(name, TYPES.float, "a float");
    return found === undefined ? otherwise : tidy(found.f ?? 0);
  }

  /** Whole numbers. Throws `onnx/attribute`. */
  integers(name: string): readonly number[] | undefined {
    return this.#typed(name, TYPES.ints, "whole numbers")?.ints;
  }

  /** Floats. Throws `onnx/attribute`. */
  reals(name: string): readonly number[] | undefined {
    return this.#typed(name, TYPES.floats, "floats")?.floats?.map(tidy);
  }

  /** A text. Throws `onnx/attribute`. */
  text(name: string, otherwise: string): string {
    const found = this.#typed(name, TYPES.text, "a text");
    if (found === undefined) return otherwise;
    return decodeUtf8(found.s ?? new Uint8Array()) ?? this.refuse(`its attribute "${name}" is not UTF-8 text`);
  }

  /** An attribute of which one value is computed; any other is refused by name. Throws `onnx/attribute`. */
  only(name: string, value: number, hint?: string): void {
    const given = this.integer(name, value);
    if (given === value) return;
    throw new NablaError("onnx/attribute", `its attribute "${name}" is ${given}, and only ${value} is supported`, hint);
  }

  /** Whether the file gives an attribute; counts as no look at it. */
  says(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** The attribute itself, for constants and graphs, which may be given in many ways. */
  attribute(name: string): AttributeProto | undefined {
    this.#looked.add(name);
    const found = this.#attributes.get(name);
    if (found?.refersTo !== undefined)
      this.refuse(`its attribute "${name}" takes its value from a function's, and functions are not supported`);
    return found;
  }

  /** Runs the graph of an attribute on some values. Throws `onnx/…`. */
  enter(name: string, given: readonly OnnxValue[], often = false): readonly OnnxValue[] {
    const graph = subgraphOf(this.attribute(name));
    return graph === undefined ? this.refuse(`its attribute "${name}" is no graph`) : this.#enter(graph, given, often);
  }

  /** The numbers of an attribute. Throws `onnx/…` where they cannot be read. */
  tensorAttribute(name: string): NdArray | undefined {
    const proto = this.#typed(name, TYPES.tensor, "a tensor")?.t;
    return proto === undefined ? undefined : readTensor(proto, this.translation.externalData);
  }

  #typed(name: string, type: number, what: string): AttributeProto | undefined {
    const found = this.attribute(name);
    if (found === undefined) return undefined;
    const field = FIELDS[type];
    const given = field === undefined ? undefined : found[field];
    // a writer may leave out a zero, or the type, but not both
    const said = found.type === type || (!(Number(found.type) > 0) && !isEmpty(given));
    return said ? found : this.refuse(`its attribute "${name}" is not ${what}`);
  }

  /**
   * Refuses what the file says of this node and nothing has looked at: it would be replaced by a guess. `harmless` names
   * attributes that change no number of a network, each with the reason. Throws `onnx/attribute`, `onnx/input`.
   */
  refuseUnread(harmless: { readonly [attribute: string]: string }): void {
    for (const name of this.#attributes.keys())
      if (!this.#looked.has(name) && !Object.hasOwn(harmless, name))
        this.refuse(
          `its attribute ${JSON.stringify(name.slice(0, 60))} is not supported in operator set ${this.opset}`,
        );
    for (const [i, value] of this.inputs.entries())
      if (value !== undefined && !this.#looked.has(i))
        throw new NablaError(
          "onnx/input",
          `its input ${i + 1} (${JSON.stringify(value.name.slice(0, 60))}) is not supported in operator set ${this.opset}`,
        );
  }

  /** Whole numbers that were an attribute before the operator's version `since`, and are an input from then on. */
  wholes(
    name: string,
    { input, since }: { readonly input: number; readonly since: number },
  ): readonly number[] | undefined {
    if (this.opset < since) return this.integers(name);
    return this.has(input) ? this.counts(input) : undefined;
  }

  /** Axes from an attribute (before the operator's version `since`) or an input (from then on), counted from 0. */
  axes(input: number, since: number, rank: number): readonly number[] | undefined {
    const given = this.wholes("axes", { input, since });
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

/** The numbers of attribute types in the format, and the field of each. */
const TYPES = { float: 1, int: 2, text: 3, tensor: 4, floats: 6, ints: 7 } as const;
const FIELDS: { readonly [type: number]: keyof AttributeProto } = {
  1: "f",
  2: "i",
  3: "s",
  4: "t",
  6: "floats",
  7: "ints",
};

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
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
