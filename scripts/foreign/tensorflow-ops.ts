/** Functions of TensorFlow 1: values and gradients that `nabla/tf1` finds in a session of its own. */
import { castArray, type NdArray, ndarray } from "../../packages/nabla/src/array/ndarray.ts";
import { NablaError } from "../../packages/nabla/src/base/error.ts";
import * as tf from "../../packages/nabla/src/tf1/index.ts";
import type { Outcome } from "./outcome.ts";

interface Flat {
  readonly tensor: "float32" | "float64" | "int32" | "bool";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Plain = Flat | number | string | boolean | readonly Plain[];

/** One call as `tensorflow_ops.py` prints it. */
export interface TensorflowCall {
  readonly name: string;
  readonly function: string;
  readonly given: readonly Plain[];
  /** By TensorFlow's names; one with an underscore in front stands by its place in nabla. */
  readonly options: Readonly<Record<string, Plain>>;
  readonly values: readonly Flat[];
  /** Gradients of the sum of the first value, each with the number of the float tensor that it is by. */
  readonly slopes: readonly (Flat & { readonly at: number })[];
}

type Callable = (...given: readonly unknown[]) => tf.Tensor | readonly tf.Tensor[];

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** TensorFlow writes two names in one word, which nabla writes in camel case. */
const RENAMED: Readonly<Record<string, string>> = { argmax: "argMax", argmin: "argMin" };

/** Runs one call. */
export async function runTensorflowCall(call: TensorflowCall): Promise<Outcome> {
  try {
    tf.resetDefaultGraph();
    const path = call.function.split(".").map((part) => RENAMED[part] ?? camel(part));
    const made = path.reduce<unknown>((place, part) => (place as Record<string, unknown>)[part], tf) as Callable;
    if (typeof made !== "function") return { result: "wrong", reason: `there is no ${path.join(".")}` };
    const floats: tf.Tensor[] = [];
    const given = call.given.map((value) => tensorOf(value, floats));
    const entries = Object.entries(call.options).map(([name, value]) => [name, tensorOf(value, floats)] as const);
    const placed = entries.filter(([name]) => name.startsWith("_")).map(([, value]) => value);
    const named = entries
      .filter(([name]) => !name.startsWith("_"))
      .map(([name, value]) => [camel(name), value] as const);
    const result = made(...given, ...placed, ...(named.length === 0 ? [] : [Object.fromEntries(named)]));
    const results = Array.isArray(result) ? (result as readonly tf.Tensor[]) : [result as tf.Tensor];
    const [first] = results;
    if (first === undefined) return { result: "wrong", reason: "no result" };
    const asked = call.slopes.map(({ at }) => floats[at] as tf.Tensor);
    const slopes = asked.length === 0 ? [] : tf.gradients(tf.reduceSum(first), asked);
    const session = tf.session();
    for (const [number, tensor] of results.entries()) {
      const wanted = call.values[number];
      if (wanted === undefined || !agrees(await session.run(tensor), wanted))
        return { result: "wrong", reason: `value ${number + 1} differs` };
    }
    for (const [number, wanted] of call.slopes.entries()) {
      const slope = slopes[number];
      if (slope === null || slope === undefined) {
        if (wanted.data.every((value) => value === 0)) continue;
        return { result: "wrong", reason: `there is no gradient by tensor ${wanted.at + 1}` };
      }
      if (!agrees(await session.run(slope), wanted))
        return { result: "wrong", reason: `the gradient by tensor ${wanted.at + 1} differs` };
    }
    return { result: "passed" };
  } catch (error) {
    if (!(error instanceof NablaError)) return { result: "wrong", reason: String(error).slice(0, 200) };
    return { result: "refused", reason: `${error.code}: ${error.message}` };
  }
}

function tensorOf(value: Plain, floats: tf.Tensor[]): unknown {
  if (Array.isArray(value)) return value.map((one) => tensorOf(one, floats));
  if (typeof value !== "object") return value;
  const { tensor: dtype, shape, data } = value as Flat;
  const made = tf.constant(castArray(ndarray(Float64Array.from(data), shape), dtype));
  if (dtype.startsWith("float")) floats.push(made);
  return made;
}

/** TensorFlow's own tolerance for float32; whole numbers and truths exactly. */
function agrees(found: NdArray | number | boolean, { tensor, shape, data }: Flat): boolean {
  const array = typeof found === "object" ? found : ndarray(Float64Array.of(Number(found)), []);
  if (String(array.shape) !== String(shape)) return false;
  const near = tensor === "float64" ? 1e-12 : tensor === "float32" ? 1e-5 : 0;
  const largest = Math.max(1, ...data.filter(Number.isFinite).map(Math.abs));
  return data.every((want, i) => {
    const have = Number(array.data[i]);
    return Object.is(have, want) || have === want || Math.abs(have - want) <= near * largest;
  });
}
