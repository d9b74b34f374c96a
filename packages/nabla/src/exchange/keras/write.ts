/** A network of ours as a Keras model: a graph of Keras's layers, as Keras 3 or TensorFlow.js spells it. */
import { castArray, type NdArray } from "../../array/ndarray.ts";
import type { Shape, Size } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { BlockPreparation, Preparation } from "../../data/preparation.ts";
import { ensemble } from "../../nn/ensemble.ts";
import type { Layer } from "../../nn/layer.ts";
import type { ByPath } from "../../nn/model.ts";
import { positionWaves } from "../../nn/positional-encoding.ts";
import { transformerBlock, transformerParts } from "../../nn/transformer-block.ts";
import type { ExchangedModel } from "../model-json.ts";
import { shapesOf, weightsBelow } from "../network.ts";
import { type Argument, type Operation, writtenArray } from "./graph-operations.ts";
import { cannot, type Dialect, type KerasNode, type Made } from "./node.ts";
import { writeGraph } from "./write-graph.ts";
import { wavesOf, writers } from "./writers.ts";

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
  { trained, preparation, unnamed }: ExchangedModel,
  { dialect, name }: { readonly dialect: Dialect; readonly name: string },
): { readonly config: Json; readonly nodes: readonly KerasNode[] } {
  const { model, loss, shape, weights } = trained;
  const graph: Graph = { nodes: [], counts: new Map(), weights, shapes: shapesOf(model, shape, weights), dialect };
  const input = inputNode(graph, shape);
  const image = preparation?.columns.find((column): column is BlockPreparation => column.kind === "block");
  const prepared =
    image === undefined
      ? scaledColumns(graph, input, unnamed === true ? preparation : undefined)
      : rescaled(graph, input, 1 / image.spread, -image.center / image.spread);
  const answering = loss.activation;
  if (answering === "exponential" && dialect === "tfjs")
    throw cannot("e to the output, which the loss poisson predicts", "export to Keras, ONNX or js, which know it");
  const made = emitAll(graph, model, { from: prepared, shape: ["batch", ...shape], prefix: "", answering });
  const target = preparation?.target;
  if (target?.kind === "several")
    throw cannot(`several targets (${target.name}) in one output`, "export to ONNX, which has an output for each");
  if (target?.kind === "number" && target.scale !== undefined)
    throw cannot(
      `the target ${target.name} on a log scale`,
      "export to ONNX or js, which bring it back to its own unit",
    );
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
  readonly answering: string | undefined;
}

interface Reached {
  readonly from: string;
  readonly shape: Shape;
  /** The output's softmax or sigmoid has been applied, as inside an ensemble. */
  readonly answered: boolean;
}

/** A whole model, or a member of an ensemble: a chain's layers start its paths, another layer has none. */
function emitAll(graph: Graph, model: Layer, along: Along): Reached {
  return composites[model.kind] === inOrder ? inOrder(graph, model, along) : emit(graph, model, along);
}

function emit(graph: Graph, layer: Layer, along: Along): Reached {
  const composite = composites[layer.kind];
  if (composite !== undefined) return composite(graph, layer, along);
  const { from, shape, prefix } = along;
  const write = Object.hasOwn(writers, layer.kind) ? writers[layer.kind] : undefined;
  if (write === undefined) throw cannot(`the layer ${layer.kind}`);
  const { dialect, weights } = graph;
  const made = write({ options: layer.options, shape, dialect, kept: (name) => weights.get(`${prefix}${name}`) });
  const name = add(graph, made, [from]);
  if (made.times === undefined) return { from: name, shape, answered: false };
  const scaled = { module: "keras.src.ops.numpy", className: "Multiply", config: {} };
  return { from: operate(graph, scaled, [{ from: name }, { array: made.times }]), shape, answered: false };
}

type Composite = (graph: Graph, layer: Layer, along: Along) => Reached;

const inOrder: Composite = (graph, { layers = [] }, { prefix, answering, ...begin }) => {
  let here: Reached = { ...begin, answered: false };
  for (const [name, layer] of layers) {
    if (here.answered) throw cannot("an ensemble before other layers");
    const path = `${prefix}${name}`;
    here = emit(graph, layer, { ...here, prefix: `${path}.`, answering });
    here = { ...here, shape: graph.shapes.get(path) ?? here.shape };
  }
  return here;
};

/** Layers of layers. */
const composites: { readonly [kind: string]: Composite } = {
  chain: inOrder,
  residual: (graph, layer, along) => {
    const inner = inOrder(graph, layer, { ...along, answering: undefined });
    const sum = add(graph, { className: "Add", config: {} }, [along.from, inner.from]);
    return { from: sum, shape: along.shape, answered: false };
  },
  positionalEncoding: (graph, layer, { from, shape, prefix }) => {
    if (graph.dialect === "tfjs") throw cannot("positional encodings in TensorFlow.js");
    if (layer.options.mask === true) throw cannot("a positional encoding that passes over padding");
    const rows = graph.weights.get(`${prefix}table`) ?? positionWaves(shape.slice(1) as Size);
    const sum = { module: "keras.src.ops.numpy", className: "Add", config: {} };
    return { from: operate(graph, sum, [{ from }, { array: castArray(rows, "float32") }]), shape, answered: false };
  },
  transformerBlock: (graph, layer, { from, shape, prefix }) => {
    if (layer.options.mask === true) throw cannot("a transformer block that passes over padding");
    const parts = transformerParts(transformerBlock.valuesOf(layer), shape);
    const after = (name: keyof typeof parts, at: string): string => {
      const width = name === "dense2" ? Number(parts.dense1.options.units) : Number(shape.at(-1));
      const inner = { from: at, shape: shape.with(-1, width), prefix: `${prefix}${name}.`, answering: undefined };
      return emit(graph, parts[name], inner).from;
    };
    const keep = Number(layer.options.keep);
    const dropped = (at: string): string =>
      keep < 1 ? add(graph, { className: "Dropout", config: { rate: Number((1 - keep).toPrecision(12)) } }, [at]) : at;
    const sum = (...both: readonly string[]): string => add(graph, { className: "Add", config: {} }, both);
    const mixed = sum(from, dropped(after("attention1", after("layerNorm1", from))));
    const wide = after("dense1", after("layerNorm2", mixed));
    const bent = add(graph, { className: "Activation", config: { activation: "gelu" } }, [wide]);
    return { from: sum(mixed, dropped(after("dense2", bent))), shape, answered: false };
  },
  periodic: (graph, layer, { from, shape, prefix }) => {
    if (graph.dialect === "tfjs")
      throw cannot(
        "periodic embeddings in TensorFlow.js, which has no cosine",
        "export to ONNX or as a .js file, or train with --periodic 0",
      );
    const waves = add(
      graph,
      wavesOf(layer, { shape, kept: (name) => known(graph.weights.get(`${prefix}${name}`), name) }),
      [from],
    );
    const cosine = { module: "keras.ops", class_name: "function", config: "cos", registered_name: "cos" };
    const activated = add(graph, { className: "Activation", config: { activation: cosine } }, [waves]);
    const joined = add(graph, { className: "Concatenate", config: { axis: -1 } }, [from, activated]);
    return { from: joined, shape, answered: false };
  },
  graph: (graph, layer, { from, shape, prefix }) => {
    const end = writeGraph(layer, {
      from,
      shape,
      dialect: graph.dialect,
      add: (made, sources) => add(graph, made, sources),
      operate: (operation, args) => operate(graph, operation, args),
      array: (name) => graph.weights.get(`${prefix}${name}`),
      emit: (name, inner, along) =>
        emit(graph, inner, { ...along, prefix: `${prefix}${name}.`, answering: undefined }).from,
    });
    return { from: end, shape, answered: false };
  },
  ensemble: (graph, layer, { from, shape, prefix, answering }) => {
    const { of } = ensemble.valuesOf(layer);
    if (of === "votes") throw cannot("an ensemble that votes");
    const asked = of === "outputs" ? undefined : answering;
    const ends = [...(layer.layers ?? [])].map(([name, member]) => {
      // a member is a model of its own: an ensemble does not expose the shapes inside
      const weights = weightsBelow(graph.weights, `${prefix}${name}.`);
      const inner = { ...graph, weights, shapes: shapesOf(member, shape.slice(1) as Size, weights) };
      const end = emitAll(inner, member, { from, shape, prefix: "", answering: undefined }).from;
      return asked === undefined ? end : add(graph, { className: "Activation", config: { activation: asked } }, [end]);
    });
    const [only = from] = ends;
    const mean = ends.length === 1 ? only : add(graph, { className: "Average", config: {} }, ends);
    return { from: mean, shape, answered: asked !== undefined };
  },
};

function add(graph: Graph, { className, config, arrays = [], call }: Made, from: readonly string[]): string {
  const place = className
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
  const seen = graph.counts.get(place) ?? 0;
  graph.counts.set(place, seen + 1);
  const name = seen === 0 ? place : `${place}_${seen}`;
  const whole = { name, dtype: "float32", ...config };
  const node = { className, name, path: `layers/${name}`, config: whole, from, arrays };
  graph.nodes.push(call === undefined ? node : { ...node, call });
  return name;
}

/** An operation of `keras.ops`, which has no arrays of its own. */
function operate(graph: Graph, operation: Operation, args: readonly Argument[]): string {
  const { module, className, config, more = [], named = {}, listed = false } = operation;
  const count = graph.counts.get("operation") ?? 0;
  graph.counts.set("operation", count + 1);
  const name = `${className.toLowerCase()}_operation_${count}`;
  const operands = args.map((one) =>
    "from" in one ? tensorOf(one.from) : "array" in one ? writtenArray(one.array) : one.json,
  );
  graph.nodes.push({
    className,
    name,
    path: `operations/${name}`,
    config: { name, ...config },
    from: args.flatMap((one) => ("from" in one ? [one.from] : [])),
    arrays: [],
    operation: { module, args: [...(listed ? [operands] : operands), ...more], kwargs: named },
  });
  return name;
}

/** What a layer gives, as Keras 3 writes it. */
function tensorOf(name: string): Json {
  return { class_name: "__keras_tensor__", config: { shape: [], dtype: "float32", keras_history: [name, 0, 0] } };
}

function inputNode(graph: Graph, shape: Size): string {
  const batch = [null, ...shape];
  const config = graph.dialect === "keras" ? { batch_shape: batch } : { batch_input_shape: batch, sparse: false };
  return add(graph, { className: "InputLayer", config }, []);
}

/** Columns without names are scaled by the file itself, as they were where the network is from. */
function scaledColumns(graph: Graph, from: string, preparation: Preparation | undefined): string {
  const columns = preparation?.columns.filter((column) => column.kind === "number") ?? [];
  if (columns.every(({ center, spread }) => center === 0 && spread === 1)) return from;
  if (graph.dialect === "tfjs") throw cannot("inputs that are scaled each by another number in TensorFlow.js");
  const scale = columns.map(({ spread }) => 1 / spread);
  const offset = columns.map(({ center, spread }) => -center / spread);
  return add(graph, { className: "Rescaling", config: { scale, offset } }, [from]);
}

function rescaled(graph: Graph, from: string, scale: number, offset: number): string {
  if (scale === 1 && offset === 0) return from;
  return add(graph, { className: "Rescaling", config: { scale, offset } }, [from]);
}

function modelConfig({ nodes, dialect }: Graph, ends: { name: string; input: string; output: string }): Json {
  const keras = dialect === "keras";
  const inbound = ({ from, operation, call }: KerasNode): Json => {
    if (operation !== undefined) return [{ args: operation.args, kwargs: operation.kwargs }];
    if (from.length === 0) return [];
    if (!keras) return [from.map((name) => [name, 0, 0, {}])];
    const tensors = from.map(tensorOf);
    if (call !== undefined)
      return [{ args: Array.from({ length: call.times }, () => tensors).flat(), kwargs: call.kwargs }];
    return [{ args: tensors.length === 1 ? tensors : [tensors], kwargs: {} }];
  };
  const layers = nodes.map((node) => ({
    ...(keras
      ? {
          module: node.operation?.module ?? "keras.layers",
          registered_name: node.operation === undefined ? null : node.className,
        }
      : {}),
    class_name: node.className,
    name: node.name,
    config: node.config,
    inbound_nodes: inbound(node),
  }));
  const end = (name: string): Json => [[name, 0, 0]];
  return {
    ...(keras ? { module: "keras.src.models.functional", registered_name: "Functional" } : {}),
    class_name: keras ? "Functional" : "Model",
    config: { name: ends.name, layers, input_layers: end(ends.input), output_layers: end(ends.output) },
  };
}
