/** A network as lines of JavaScript, one a layer. */
import type { NdArray } from "../../array/ndarray.ts";
import type { Shape, Size } from "../../array/shape.ts";
import type { PlainOptions as Options } from "../../base/described.ts";
import { NablaError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { numbered } from "../../base/parameter-path.ts";
import type { Layer } from "../../nn/layer.ts";
import { layerFrom } from "../../nn/layers.ts";
import type { ByPath } from "../../nn/model.ts";
import { type PerAxis, paddingFor, perAxis } from "../../nn/padding.ts";
import { shapesOf, weightsBelow } from "../network.ts";

/** What a network becomes. */
export interface NetworkCode {
  /** Functions of networks, the last being `network` itself. */
  readonly functions: readonly string[];
  /** The snippets that they call. */
  readonly used: ReadonlySet<string>;
}

interface Coding {
  readonly functions: string[];
  readonly used: Set<string>;
  readonly weights: ByPath<NdArray>;
  readonly shapes: ByPath<Shape>;
  /** Where the weights of this part begin in the whole. */
  readonly root: string;
}

/** A layer in its place. */
interface Place {
  readonly options: Options;
  readonly path: string;
  /** What comes in and what goes out, without the batch. */
  readonly shape: Size;
  readonly out: Size;
}

/** The code of a network for one example. Throws `js/layer` for a layer that has no code. */
export function networkCode(model: Layer, shape: Size, weights: ByPath<NdArray>): NetworkCode {
  const coding = { functions: [], used: new Set<string>(), weights, shapes: shapesOf(model, shape, weights), root: "" };
  const { kind, options } = model;
  networkFunction(coding, { kind, ...options }, { name: "network", says: "All layers, one after the other.", shape });
  return coding;
}

function networkFunction(
  coding: Coding,
  model: Options,
  { name, says, shape }: { name: string; says: string; shape: Size },
): void {
  const lines =
    model.kind === "chain"
      ? chainLines(coding, model, { path: "", shape })
      : layerLines(coding, alone(coding, model, shape));
  coding.functions.push(
    `/** ${says} */\nfunction ${name}(x) {\n${lines.map((line) => `  ${line}\n`).join("")}  return x;\n}`,
  );
}

function alone(coding: Coding, options: Options, shape: Size): Place {
  const out = (coding.shapes.get(String(options.kind)) ?? coding.shapes.get("") ?? []).slice(1) as Size;
  return { options, path: "", shape, out };
}

function chainLines(
  coding: Coding,
  { layers }: Options,
  { path, shape }: { path: string; shape: Size },
): readonly string[] {
  const inner = layers as readonly Options[];
  const names = numbered(inner.map(({ kind }) => String(kind)));
  let here = shape;
  return inner.flatMap((options, i) => {
    const own = `${path}${names[i]}`;
    const out = (coding.shapes.get(own)?.slice(1) ?? here) as Size;
    const lines = layerLines(coding, { options, path: `${own}.`, shape: here, out });
    here = out;
    return lines;
  });
}

function layerLines(coding: Coding, place: Place): readonly string[] {
  const { options, path, shape } = place;
  const kind = String(options.kind);
  if (kind === "chain") return chainLines(coding, options, { path, shape });
  if (kind === "residual") {
    const kept = `before${identifier(`${coding.root}${path}`)}`;
    return [
      `const ${kept} = x;`,
      ...chainLines(coding, options, { path, shape }),
      `x = ${use(coding, "add")}(${kept}, x);`,
    ];
  }
  if (kind === "ensemble") return ensembleLines(coding, place);
  const code = Object.hasOwn(codes, kind) ? codes[kind] : undefined;
  if (code === undefined)
    throw new NablaError(
      "js/layer",
      `the layer ${kind} cannot be written as JavaScript`,
      "export to ONNX, which takes every network",
    );
  const expression = code({
    ...place,
    use: (name) => use(coding, name),
    at: (name) => stored(coding, `${path}${name}`),
  });
  return expression === "x" ? [] : [`x = ${expression};`];
}

function use(coding: Coding, name: string): string {
  coding.used.add(name);
  return name;
}

/** A weight by its whole path, or undefined. */
function stored({ weights, root }: Coding, path: string): string {
  return weights.has(path) ? `weights[${JSON.stringify(root + path)}]` : "undefined";
}

function identifier(path: string): string {
  const name = path.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "");
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** What makes an answer of an output, and an output of an answer, by the kind of the loss. */
export const answering: Readonly<Record<string, { readonly answer: string; readonly output: string }>> = {
  softmaxCrossEntropy: { answer: "softmax", output: "logarithm" },
  sigmoidCrossEntropy: { answer: "sigmoid", output: "logit" },
};

function ensembleLines(coding: Coding, { options, path, shape, out }: Place): readonly string[] {
  const { members, loss, of = "answers" } = options;
  const classes = out.at(-1) ?? 1;
  const ways = answering[String((loss as Options).kind)];
  const wrap = (call: string): string => {
    if (of === "votes") return `${use(coding, "vote")}(${call}, ${classes})`;
    if (of === "outputs" || ways === undefined) return call;
    return `${use(coding, ways.answer)}(${call}${ways.answer === "softmax" ? `, ${classes}` : ""})`;
  };
  const calls = (members as readonly Options[]).map((member, i) => {
    const below = `${path}member${i + 1}.`;
    const weights = weightsBelow(coding.weights, below);
    const root = `${coding.root}${below}`;
    const name = `network${identifier(root)}`;
    const shapes = shapesOf(layerFrom(member), shape, weights);
    networkFunction({ ...coding, weights, shapes, root }, member, { name, says: `Member ${i + 1}.`, shape });
    return wrap(`${name}(x)`);
  });
  const average = `x = ${use(coding, "mean")}([${calls.join(", ")}]);`;
  return of === "outputs" || ways === undefined ? [average] : [average, `x = ${use(coding, ways.output)}(x);`];
}

/** What a layer's code may use. */
interface Code extends Place {
  readonly use: (snippet: string) => string;
  readonly at: (weight: string) => string;
}

function option(options: Options, name: string, otherwise: number): number {
  const value = options[name];
  return typeof value === "number" ? value : otherwise;
}

/** A plain object as it is written by hand. */
function literal(fields: { readonly [name: string]: string | readonly number[] | number }): string {
  const entries = Object.entries(fields).map(([name, value]) =>
    name === value ? name : `${name}: ${Array.isArray(value) ? `[${value.join(", ")}]` : value}`,
  );
  return `{ ${entries.join(", ")} }`;
}

/** A sequence is an image of height 1. */
function window(
  { options, shape, out }: Code,
  otherwise: { size: PerAxis; stride?: PerAxis; padding: "same" | "valid" },
) {
  const axes = shape.length - 1;
  const lengths = (value: Json | undefined, other: PerAxis): readonly number[] =>
    perAxis(typeof value === "number" || Array.isArray(value) ? (value as PerAxis) : other, axes);
  const size = lengths(options.size, otherwise.size);
  const spread = {
    size,
    stride: lengths(options.stride, otherwise.stride ?? size),
    dilation: lengths(options.dilation, 1),
  };
  const padding = options.padding === "same" || options.padding === "valid" ? options.padding : otherwise.padding;
  const around = paddingFor(shape.slice(0, -1), spread, padding).map(([before]) => before);
  const high = <T>(list: readonly T[], one: T): readonly T[] => (axes === 1 ? [one, ...list] : list);
  return {
    shape: high(shape, 1),
    positions: high(out.slice(0, -1), 1),
    size: high(size, 1),
    stride: high(spread.stride, 1),
    dilation: high(spread.dilation, 1),
    before: high(around, 0),
  };
}

const convolution = (code: Code): string => {
  const { dilation, ...rest } = window(code, { size: 3, stride: 1, padding: "same" });
  const filters = option(code.options, "filters", 1);
  const groups = option(code.options, "groups", 1);
  return `${code.use("convolve")}(x, ${code.at("weights")}, ${code.at("bias")}, ${literal({ ...rest, dilation, filters, groups })})`;
};

const pooling =
  (largest: boolean) =>
  (code: Code): string => {
    const { dilation: _, ...rest } = window(code, { size: 2, padding: "valid" });
    return `${code.use("pool")}(x, ${largest}, ${literal(rest)})`;
  };

const bend =
  (name: string) =>
  ({ use }: Code): string =>
    `${use(name)}(x)`;
const same = (): string => "x";

/** The expression that each layer is. Every layer is here but chain, residual and ensemble, which are several. */
const codes: Readonly<Record<string, (code: Code) => string>> = {
  dense: ({ use, at, out }) => `${use("dense")}(x, ${at("weights")}, ${at("bias")}, ${out.at(-1)})`,
  conv1d: convolution,
  conv2d: convolution,
  maxPool: pooling(true),
  averagePool: pooling(false),
  globalAveragePool: ({ use, out }) => `${use("globalMean")}(x, ${out.at(-1)})`,
  flatten: same,
  dropout: same,
  spatialDropout: same,
  identity: same,
  batchNorm: ({ use, at, options }) => {
    const epsilon = option(options, "epsilon", 1e-5);
    return `${use("batchNorm")}(x, ${literal({ mean: at("mean"), variance: at("variance"), scale: at("scale"), shift: at("shift"), epsilon })})`;
  },
  layerNorm: ({ use, at, options }) =>
    `${use("layerNorm")}(x, ${literal({ scale: at("scale"), shift: at("shift"), epsilon: option(options, "epsilon", 1e-5) })})`,
  embedding: ({ use, at, options }) => `${use("embed")}(x, ${at("table")}, ${option(options, "units", 1)})`,
  relu: bend("relu"),
  leakyRelu: ({ use, options }) => `${use("leakyRelu")}(x, ${option(options, "slope", 0.01)})`,
  elu: ({ use, options }) => `${use("elu")}(x, ${option(options, "alpha", 1)})`,
  gelu: bend("gelu"),
  sigmoid: bend("sigmoid"),
  tanh: bend("tanh"),
  softmax: ({ use, out }) => `${use("softmax")}(x, ${out.at(-1)})`,
};
