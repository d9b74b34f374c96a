/** A model with its trained weights. */
import type { DType } from "../array/dtype.ts";
import { castArray, type NdArray, rows as rowsOf, zeros } from "../array/ndarray.ts";
import { type Shape, type Size, showShape } from "../array/shape.ts";
import { compact } from "../base/compact.ts";
import { known, NablaError } from "../base/error.ts";
import { type ByName, entriesOf, mapNamed, namedValue, type OneOrNamed } from "../base/named.ts";
import { listing } from "../base/text.ts";
import type { AnyExamples, Arrays, Examples } from "../data/examples.ts";
import { isSequence, TIME } from "../data/sequences.ts";
import type { Table } from "../data/table.ts";
import type { Engine } from "../engine/contract.ts";
import { compile, type Feeds, type Program } from "../engine/program.ts";
import { input, state } from "../graph/leaf.ts";
import { argmax } from "../graph/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Layer, Signal, SizeOf } from "../nn/layer.ts";
import { type ByPath, buildModel } from "../nn/model.ts";
import { checkArrays, checkExamples, checkTrained } from "./check-job.ts";
import { defaults } from "./defaults.ts";
import { exampleShape } from "./example-inputs.ts";
import { type ArraysOf, checkParts, examplesFrom, type ResolvedJob } from "./job.ts";
import { beginningFeeds, fedInputs, type Measures, meterFor } from "./measures.ts";
import { type LossesOf, type Term, termKey, termsOf } from "./objective.ts";

/** The result of training and the input of prediction. */
export interface Trained<In extends Signal = Tensor, Out extends Signal = Tensor> {
  readonly model: Layer<In, Out>;
  readonly loss: LossesOf<Out>;
  /** Parameters and buffers by path. */
  readonly weights: ByPath<NdArray>;
  /** The shape of one example, of each input where there are several. */
  readonly shape: SizeOf<In>;
  /** Which inputs are sequences, whose length may differ from that in `shape`, as in `Examples`. */
  readonly sequences?: readonly string[];
  /** The names of the classes, where there are any. */
  readonly classes?: readonly string[];
}

/** Any trained model, whatever its inputs and outputs. */
export type AnyTrained = Trained<Signal, Signal>;

/** Options of `predict`, `predictor` and `evaluate`. */
export interface UseOptions {
  /** The engine. Default: WebAssembly. */
  readonly engine?: Engine;
}

/** Predictions of a network for some rows. */
export interface Predictions<Out extends Signal = Tensor> {
  /** Probabilities of classes, or numbers: [rows, …, outputs], by name for a model of several targets. */
  readonly answers: ArraysOf<Out>;
  /** The most likely class of each row or position, for models with class codes as targets: int32 [rows, …]. */
  readonly classes?: Out extends Tensor ? NdArray : ByName<NdArray>;
}

/** The model of a job with the weights that its training came to. */
export function trainedBy({ model, loss, train }: ResolvedJob, weights: ByPath<NdArray>): AnyTrained {
  const { inputs, sequences, classes } = train;
  // the reference engine stores float64, a model float32
  const narrow = [...weights].map(([path, array]) => [path, castArray(array, "float32")] as const);
  return { model, loss, weights: new Map(narrow), shape: exampleShape(inputs), ...compact({ sequences, classes }) };
}

function statesOf(weights: ByPath<NdArray>): ByPath<Tensor> {
  return new Map([...weights].map(([path, array]) => [path, state(path, array)]));
}

/** Cost and error on examples or a table of numbers. Throws the loss's errors where targets do not match. */
export async function evaluate<In extends Signal, Out extends Signal>(
  trained: Trained<In, Out>,
  data: Examples<ArraysOf<In>, ArraysOf<Out>> | Table,
  options?: UseOptions,
): Promise<Measures>;
export async function evaluate(
  trained: AnyTrained,
  data: AnyExamples | Table,
  { engine }: UseOptions = {},
): Promise<Measures> {
  checkTrained("evaluate", trained);
  checkExamples(data, "evaluate › data");
  const { model, loss, weights } = trained;
  const examples = examplesFrom(data);
  checkParts(examples);
  const meter = await meterFor({ model, loss, kept: statesOf(weights) }, examples, { engine });
  return meter.measure(examples);
}

/**
 * A model compiled for prediction: call it any number of times with inputs [rows, ...shape], by name if there are
 * several.
 */
export async function predictor<In extends Signal, Out extends Signal>(
  trained: Trained<In, Out>,
  options?: UseOptions,
): Promise<(inputs: ArraysOf<In>) => Promise<Predictions<Out>>>;
export async function predictor(
  trained: AnyTrained,
  { engine }: UseOptions = {},
): Promise<(inputs: Arrays) => Promise<Predictions<Signal>>> {
  checkTrained("predictor", trained);
  const { model, loss, weights, shape, sequences } = trained;
  const variables = statesOf(weights);
  const sizes = openSizes(shape, sequences);
  const terms = termsOf(loss);
  // inputs may be numbers or codes: which, is known only from the arrays themselves
  const ready = new Map<string, Promise<Answering>>();
  const answering = async (dtypes: ReadonlyMap<string, DType>): Promise<Answering> => {
    const made = new Map(sizes.map(([name, size]) => [name, input(name, ["batch", ...size], dtypes.get(name))]));
    const x = mapNamed(shape, (_: Size, name) =>
      known(made.get(name === undefined ? "inputs" : `inputs.${name}`), "inputs"),
    );
    const built = buildModel(model, x, { variables, mode: "predict" });
    const outputs = answersOf(terms, built.output);
    const options = engine === undefined ? {} : { engine };
    const program = await compile({ inputs: [...made.values(), ...fedInputs(built)], outputs }, options);
    return { program, feeds: beginningFeeds(built), outputs: Object.keys(outputs) };
  };
  return async (inputs) => {
    checkArrays("predict › inputs", inputs);
    const given = entriesOf<NdArray>("inputs", inputs);
    checkInputs(sizes, given);
    const dtypes = new Map(given.map(([name, { dtype }]) => [name, dtype]));
    const key = [...dtypes.values()].join();
    const found = ready.get(key) ?? answering(dtypes);
    ready.set(key, found);
    const { program, feeds, outputs } = await found;
    const total = given[0]?.[1].shape[0] ?? 0;
    const parts: Record<string, NdArray>[] = [];
    for (let from = 0; from < total || from === 0; from += defaults.evaluationBatch) {
      const rows = given.map(([name, array]) => [name, rowsOf(array, from, from + defaults.evaluationBatch)] as const);
      parts.push(await program.run({ ...feeds, ...Object.fromEntries(rows) }));
    }
    const joined = (what: string): Arrays | undefined => {
      const found = terms.flatMap(({ name }) => {
        const key = termKey(what, name);
        return outputs.includes(key) ? [[name, joinRows(parts.map((part) => known(part[key], key)))] as const] : [];
      });
      const [only] = found;
      return only === undefined || only[0] === undefined ? only?.[1] : Object.fromEntries(found);
    };
    const classes = joined("classes");
    return compact({ answers: known(joined("answers"), "answers"), classes });
  };
}

/** A program for prediction. */
interface Answering {
  readonly program: Program;
  readonly feeds: Feeds;
  readonly outputs: readonly string[];
}

/** The outputs of a model, and the most likely classes if it is a classifier. */
function answersOf(terms: readonly Term[], output: Signal): Readonly<Record<string, Tensor>> {
  const outputs: Record<string, Tensor> = {};
  for (const { name, loss } of terms) {
    const answers = loss.answer(known(namedValue<Tensor>(output, name), "output"));
    outputs[termKey("answers", name)] = answers;
    if (loss.task === "classification" && Number(answers.shape.at(-1)) > 1)
      outputs[termKey("classes", name)] = loss.decide?.(answers) ?? argmax(answers, { axis: -1 });
  }
  return outputs;
}

/**
 * Predicts for inputs [rows, ...shape], by name if the model takes several; for repeated calls create a `predictor`.
 */
export async function predict<In extends Signal, Out extends Signal>(
  trained: Trained<In, Out>,
  inputs: ArraysOf<In>,
  options: UseOptions = {},
): Promise<Predictions<Out>> {
  return (await predictor(trained, options))(inputs);
}

/** The shapes of examples by input, with a name for the length of sequences. */
function openSizes(
  shape: OneOrNamed<Size>,
  sequences: readonly string[] | undefined,
): readonly (readonly [string, Shape])[] {
  const open = mapNamed(shape, (size: Size, name): Shape => {
    return isSequence(sequences, "inputs", name) ? [TIME, ...size.slice(1)] : size;
  });
  return entriesOf<Shape>("inputs", open);
}

/** Throws `predict/shape` unless inputs have the names and shapes that a model was trained with. */
function checkInputs(
  sizes: readonly (readonly [string, Shape])[],
  given: readonly (readonly [string, NdArray])[],
): void {
  const expected = new Map(sizes);
  const names = given.map(([name]) => name);
  if (names.length !== expected.size || names.some((name) => !expected.has(name))) {
    const message = `the model takes ${listing([...expected.keys()], "and")}, received ${listing(names, "and")}`;
    throw new NablaError("predict/shape", message);
  }
  for (const [name, array] of given) {
    const size = known(expected.get(name), name);
    const found = array.shape.slice(1);
    if (size.length === found.length && size.every((dim, i) => dim === TIME || dim === found[i])) continue;
    const message = `the model takes ${name === "inputs" ? "examples" : name} of shape ${showShape(size)}, received ${showShape(found)}`;
    const isOne = size.length === array.shape.length && size.every((dim, i) => dim === TIME || dim === array.shape[i]);
    const hint = isOne ? `for a single example give the shape ${showShape([1, ...array.shape])}` : undefined;
    throw new NablaError("predict/shape", message, hint);
  }
}

function joinRows(parts: readonly NdArray[]): NdArray {
  const first = known(parts[0], "predictions");
  if (parts.length === 1) return first;
  const total = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
  const joined = zeros([total, ...first.shape.slice(1)], first.dtype);
  let at = 0;
  for (const { data } of parts) {
    joined.data.set(data, at);
    at += data.length;
  }
  return joined;
}
