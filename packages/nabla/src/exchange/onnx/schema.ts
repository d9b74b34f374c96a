/** The messages of ONNX that networks need (onnx.proto3). Graphs inside of nodes stay bytes, so nesting cannot be deep. */
import { many, one, type Schema } from "./wire.ts";

const pair = { key: one(1, "text"), value: one(2, "text") } satisfies Schema;

const tensor = {
  dims: many(1, "int"),
  dataType: one(2, "int"),
  floatData: many(4, "chunks"),
  int32Data: many(5, "chunks"),
  stringData: many(6, "bytes"),
  int64Data: many(7, "chunks"),
  name: one(8, "text"),
  rawData: one(9, "bytes"),
  doubleData: many(10, "chunks"),
  uint64Data: many(11, "chunks"),
  externalData: many(13, pair),
  dataLocation: one(14, "int"),
} satisfies Schema;

const attribute = {
  name: one(1, "text"),
  f: one(2, "float"),
  i: one(3, "int"),
  s: one(4, "bytes"),
  t: one(5, tensor),
  // a graph is decoded when a node with a known condition enters it, so that nesting costs nothing
  g: one(6, "bytes"),
  floats: many(7, "float"),
  ints: many(8, "int"),
  strings: many(9, "bytes"),
  type: one(20, "int"),
  refersTo: one(21, "text"),
} satisfies Schema;

const node = {
  input: many(1, "text"),
  output: many(2, "text"),
  name: one(3, "text"),
  opType: one(4, "text"),
  attribute: many(5, attribute),
  domain: one(7, "text"),
} satisfies Schema;

const dimension = { value: one(1, "int"), parameter: one(2, "text") } satisfies Schema;
const shape = { dim: many(1, dimension) } satisfies Schema;
const tensorType = { elementType: one(1, "int"), shape: one(2, shape) } satisfies Schema;
const type = { tensorType: one(1, tensorType) } satisfies Schema;
const valueInfo = { name: one(1, "text"), type: one(2, type) } satisfies Schema;

/** A graph: of a model, or inside a node. */
export const graph = {
  node: many(1, node),
  name: one(2, "text"),
  initializer: many(5, tensor),
  input: many(11, valueInfo),
  output: many(12, valueInfo),
} satisfies Schema;

/** A model: the whole of an .onnx file. */
export const model = {
  irVersion: one(1, "int"),
  producerName: one(2, "text"),
  producerVersion: one(3, "text"),
  graph: one(7, graph),
  opsetImport: many(8, { domain: one(1, "text"), version: one(2, "int") }),
  metadata: many(14, pair),
} satisfies Schema;

/** Numbers of one type and shape; which of the fields holds them depends on the type. */
export interface TensorProto {
  readonly dims: readonly number[];
  /** Field 2: the type of the elements, by number. */
  readonly dataType?: number;
  /** Field 4: float32 elements, packed or one by one. */
  readonly floatData?: readonly Uint8Array[];
  /** Field 5: elements of at most 32 bits, packed or one by one. */
  readonly int32Data?: readonly Uint8Array[];
  /** Field 6: texts. */
  readonly stringData?: readonly Uint8Array[];
  /** Field 7: int64 elements, packed or one by one. */
  readonly int64Data?: readonly Uint8Array[];
  /** Field 8. */
  readonly name?: string;
  /** Field 9: elements as bytes, little-endian. */
  readonly rawData?: Uint8Array;
  /** Field 10: float64 elements, packed or one by one. */
  readonly doubleData?: readonly Uint8Array[];
  /** Field 11: unsigned elements, packed or one by one. */
  readonly uint64Data?: readonly Uint8Array[];
  /** Field 13: where a file beside the model holds the elements. */
  readonly externalData?: readonly Pair[];
  /** Field 14: 1 where the elements are in another file. */
  readonly dataLocation?: number;
}

/** An attribute of a node; `type` says which field holds it. */
export interface AttributeProto {
  /** Field 1. */
  readonly name?: string;
  /** A float. */
  readonly f?: number;
  /** A whole number. */
  readonly i?: number;
  /** A text. */
  readonly s?: Uint8Array;
  /** A tensor. */
  readonly t?: TensorProto;
  /** An encoded graph, as `graph` reads it. */
  readonly g?: Uint8Array;
  /** Floats. */
  readonly floats?: readonly number[];
  /** Whole numbers. */
  readonly ints?: readonly number[];
  /** Texts. */
  readonly strings?: readonly Uint8Array[];
  /** Which of the others is set, by number. */
  readonly type?: number;
  /** The attribute of a function around the node that this one takes its value from. */
  readonly refersTo?: string;
}

/** One operation on named values. */
export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** A name for people. */
  readonly name?: string;
  /** The operator. */
  readonly opType?: string;
  readonly attribute: readonly AttributeProto[];
  /** The set of operators that it is of; ONNX's own by default. */
  readonly domain?: string;
}

/** A named value of a type and shape. */
export interface ValueInfoProto {
  /** The name by which nodes refer to it. */
  readonly name?: string;
  /** Its type and shape, where they are known. */
  readonly type?: {
    readonly tensorType?: {
      readonly elementType?: number;
      readonly shape?: { readonly dim: readonly { readonly value?: number; readonly parameter?: string }[] };
    };
  };
}

/** A graph: nodes in the order of running, and what goes in and comes out. */
export interface GraphProto {
  readonly node: readonly NodeProto[];
  /** A name for people. */
  readonly name?: string;
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

/** A text under a name. */
export interface Pair {
  /** The key. */
  readonly key?: string;
  /** The value. */
  readonly value?: string;
}

/** The whole file. */
export interface ModelProto {
  /** The version of the format. */
  readonly irVersion?: number;
  /** The tool that wrote it. */
  readonly producerName?: string;
  /** Its version. */
  readonly producerVersion?: string;
  /** The network. */
  readonly graph?: GraphProto;
  readonly opsetImport: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadata: readonly Pair[];
}
