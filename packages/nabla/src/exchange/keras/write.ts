/** A network of ours as a Keras model: a graph of Keras's layers, as Keras 3 or TensorFlow.js spells it. */
import type { NdArray } from "../../array/ndarray.ts";
import type { Shape, Size } from "../../array/shape.ts";
import type { PlainOptions as Options } from "../../base/described.ts";
import type { Json } from "../../base/json.ts";
import { numbered } from "../../base/parameter-path.ts";
import type { BlockPreparation } from "../../data/preparation.ts";
import { layerFrom } from "../../nn/layers.ts";
import type { ByPath } from "../../nn/model.ts";
import type { ExchangedModel } from "../model-json.ts";
import { shapesOf, weightsBelow } from "../network.ts";
import { cannot, type Dialect, type KerasNode, type Made } from "./node.ts";
import { writers } from "./writers.ts";

interface Graph {
  readonly nodes: KerasNode[];
  readonly counts: Map<string, number>;
  readonly weights: ByPath<NdArray>;
  /** What comes out of each layer of ours, by path. */
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly dialect: Dialect;
}

/** The model's configuration and its layers with their arrays. Throws `keras/write` where Keras has nothing of the kind. */
export function kerasNodes(
  { trained, preparation }: ExchangedModel,
  { dialect, name }: { readonly dialect: Dialect; readonly name: string },
): { readonly config: Json; readonly nodes: readonly KerasNode[] } {
  const { model, loss, shape, weights } = trained;
  const graph: Graph = { nodes: [], counts: new Map(), weights, shapes: shapesOf(model, shape, weights), dialect };
  const input = inputNode(graph, shape);
  const image = preparation?.columns.find((column): column is BlockPreparation => column.kind === "block");
  const prepared = image === undefined ? input : rescaled(graph, input, 1 / image.spread, -image.center / image.spread);
  const answering =
    loss.kind === "softmaxCrossEntropy" ? "softmax" : loss.kind === "sigmoidCrossEntropy" ? "sigmoid" : undefined;
  const { kind, options } = model;
  const layers = kind === "chain" ? (options.layers as readonly Options[]) : [{ kind, ...options }];
  const alone = kind === "chain" ? undefined : "";
  const made = emitAll(graph, layers, { from: prepared, shape: ["batch", ...shape], prefix: "", alone, answering });
  const target = preparation?.target;
  const answer =
    made.answered || answering === undefined
      ? made.from
      : add(graph, { className: "Activation", config: { activation: answering } }, [made.from]);
  const last = target?.kind === "number" ? rescaled(graph, answer, target.deviation, target.mean) : answer;
  return { config: modelConfig(graph, { name, input, output: last }), nodes: graph.nodes };
}

interface Along {
  readonly from: string;
  readonly shape: Shape;
  readonly prefix: string;
  /** The path of a layer that stands alone, without a chain around it. */
  readonly alone: string | undefined;
  readonly answering: string | undefined;
}

interface Reached {
  readonly from: string;
  readonly shape: Shape;
  /** The answer's softmax or sigmoid has been applied, as inside an ensemble. */
  readonly answered: boolean;
}

function emitAll(graph: Graph, layers: readonly Options[], { prefix, alone, answering, ...begin }: Along): Reached {
  const names = numbered(layers.map(({ kind }) => String(kind)));
  let here: Reached = { ...begin, answered: false };
  for (const [i, layer] of layers.entries()) {
    if (here.answered) throw cannot("an ensemble before other layers");
    const path = alone ?? `${prefix}${names[i]}`;
    here = emit(graph, layer, { ...here, prefix: path === "" ? "" : `${path}.`, alone: undefined, answering });
    here = { ...here, shape: graph.shapes.get(path) ?? here.shape };
  }
  return here;
}

function emit(graph: Graph, { kind, ...options }: Options, along: Along): Reached {
  const { from, shape, prefix } = along;
  if (kind === "chain") return emitAll(graph, options.layers as readonly Options[], along);
  if (kind === "residual") {
    const inner = emitAll(graph, options.layers as readonly Options[], { ...along, answering: undefined });
    return { from: add(graph, { className: "Add", config: {} }, [from, inner.from]), shape, answered: false };
  }
  if (kind === "ensemble") return emitEnsemble(graph, options, along);
  const write = Object.hasOwn(writers, String(kind)) ? writers[String(kind)] : undefined;
  if (write === undefined) throw cannot(`the layer ${String(kind)}`);
  const { dialect, weights } = graph;
  const made = write({ options, shape, dialect, kept: (name) => weights.get(`${prefix}${name}`) });
  return { from: add(graph, made, [from]), shape, answered: false };
}

function emitEnsemble(graph: Graph, { members, of }: Options, { from, shape, prefix, answering }: Along): Reached {
  if (of === "votes") throw cannot("an ensemble that votes");
  const asked = of === "outputs" ? undefined : answering;
  const ends = (members as readonly Options[]).map((member, i) => {
    const end = emitMember(graph, member, { from, shape, path: `${prefix}member${i + 1}.` });
    return asked === undefined ? end : add(graph, { className: "Activation", config: { activation: asked } }, [end]);
  });
  const [only = from] = ends;
  const mean = ends.length === 1 ? only : add(graph, { className: "Average", config: {} }, ends);
  return { from: mean, shape, answered: asked !== undefined };
}

/** A member is a model of its own: an ensemble does not tell the shapes inside. */
function emitMember(
  graph: Graph,
  member: Options,
  { from, shape, path }: { from: string; shape: Shape; path: string },
): string {
  const weights = weightsBelow(graph.weights, path);
  const shapes = shapesOf(layerFrom(member), shape.slice(1) as Size, weights);
  const inner = { ...graph, weights, shapes };
  const layers = member.kind === "chain" ? (member.layers as readonly Options[]) : [member];
  const alone = member.kind === "chain" ? undefined : "";
  return emitAll(inner, layers, { from, shape, prefix: "", alone, answering: undefined }).from;
}

function add(graph: Graph, { className, config, arrays = [] }: Made, from: readonly string[]): string {
  const place = className
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
  const seen = graph.counts.get(place) ?? 0;
  graph.counts.set(place, seen + 1);
  const name = seen === 0 ? place : `${place}_${seen}`;
  const whole = { name, dtype: "float32", ...config };
  graph.nodes.push({ className, name, path: `layers/${name}`, config: whole, from, arrays });
  return name;
}

function inputNode(graph: Graph, shape: Size): string {
  const batch = [null, ...shape];
  const config = graph.dialect === "keras" ? { batch_shape: batch } : { batch_input_shape: batch, sparse: false };
  return add(graph, { className: "InputLayer", config }, []);
}

function rescaled(graph: Graph, from: string, scale: number, offset: number): string {
  if (scale === 1 && offset === 0) return from;
  return add(graph, { className: "Rescaling", config: { scale, offset } }, [from]);
}

function modelConfig({ nodes, dialect }: Graph, ends: { name: string; input: string; output: string }): Json {
  const keras = dialect === "keras";
  const inbound = (from: readonly string[]): Json => {
    if (from.length === 0) return [];
    if (!keras) return [from.map((name) => [name, 0, 0, {}])];
    const tensors = from.map((name) => ({
      class_name: "__keras_tensor__",
      config: { shape: [], dtype: "float32", keras_history: [name, 0, 0] },
    }));
    return [{ args: tensors.length === 1 ? tensors : [tensors], kwargs: {} }];
  };
  const layers = nodes.map(({ className, name, config, from }) => ({
    ...(keras ? { module: "keras.layers", registered_name: null } : {}),
    class_name: className,
    name,
    config,
    inbound_nodes: inbound(from),
  }));
  const end = (name: string): Json => [[name, 0, 0]];
  return {
    ...(keras ? { module: "keras.src.models.functional", registered_name: "Functional" } : {}),
    class_name: keras ? "Functional" : "Model",
    config: { name: ends.name, layers, input_layers: end(ends.input), output_layers: end(ends.output) },
  };
}
