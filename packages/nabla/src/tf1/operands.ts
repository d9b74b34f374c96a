/** What functions take where a tensor is meant, and how they record what they make of it. */
import type { DType } from "../array/dtype.ts";
import { castArray, isNdArray, type NdArray, ndarray, scalar } from "../array/ndarray.ts";
import { type Nested, unnested } from "../array/nested.ts";
import type { Shape } from "../array/shape.ts";
import { NablaError, withContext } from "../base/error.ts";
import { constant as constantNode } from "../graph/leaf.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { type Graph, graphOf, type Named, type Scalar, Tensor } from "./graph.ts";

/** What is accepted as a tensor: numbers become constants of the other operand's dtype. */
export type Operand = Tensor | NdArray | Nested;

/** What is accepted as a single number. */
export type ScalarOperand = Scalar | number;

/**
 * Numbers in lists as an array. Throws `tf1/ragged` when lists of one depth differ in length or hold no numbers, and
 * `tf1/dtype` for an int32 that is not whole.
 */
export function arrayOf(value: NdArray | Nested, dtype?: DType): NdArray {
  if (typeof value === "number") return scalar(whole([value], dtype)[0] ?? 0, dtype);
  if (typeof value !== "object" || value === null) ragged();
  if (isNdArray(value)) return dtype === undefined || value.dtype === dtype ? value : castArray(value, dtype);
  const { numbers, shape } = unnested(value) ?? ragged();
  return ndarray(whole(numbers, dtype), shape, dtype ?? "float32");
}

function whole(numbers: readonly number[], dtype: DType | undefined): readonly number[] {
  const broken = dtype === "int32" ? numbers.find((x) => !Number.isInteger(x)) : undefined;
  if (broken === undefined) return numbers;
  throw new NablaError(
    "tf1/dtype",
    `int32 is expected, and ${broken} is not whole`,
    "convert the other by tf.cast first",
  );
}

function ragged(): never {
  const message = "expected numbers, or lists of numbers that have one length at each depth";
  throw new NablaError("tf1/ragged", message, "a typed array becomes a tensor by ndarray(data, shape)");
}

/** An operand as a tensor; in `graph`, and where it is no tensor yet, of `dtype`. */
export function tensorOf(operand: Operand, dtype: DType | undefined, graph: Graph): Tensor {
  if (operand instanceof Tensor) return operand;
  if ((typeof operand === "object" && operand !== null) || typeof operand === "number")
    return graph.record("constant", constantNode(arrayOf(operand, dtype)), { inputs: [] });
  throw new NablaError("tf1/operand", `expected a tensor or numbers, received ${String(operand)}`);
}

type Nodes<T extends readonly Operand[]> = { readonly [K in keyof T]: Node };

/**
 * Records what `build` makes of operands that must be of one dtype. Errors name the function and the tensors; throws
 * `tf1/dtype` for float32 with int32 and the like.
 */
export function define<const T extends readonly Operand[], S extends Shape = Shape>(
  kind: string,
  operands: T,
  build: (...nodes: Nodes<T>) => Node,
  named: Named = {},
): Tensor<S> {
  return withContext(named.name === undefined ? kind : `${kind} "${named.name}"`, () => {
    const inputs = tensorsOf(kind, operands);
    const [first] = inputs;
    const other = inputs.find(({ dtype }) => dtype !== first?.dtype);
    if (first !== undefined && other !== undefined) {
      const message = `"${first.name}" is ${first.dtype} and "${other.name}" is ${other.dtype}`;
      throw new NablaError("tf1/dtype", message, `convert one of them, as by tf.cast(x, tf.${first.dtype})`);
    }
    return recorded(kind, inputs, build as (...nodes: readonly Node[]) => Node, named);
  });
}

/** The same for operands whose dtypes are not one, as a condition and what it chooses from. */
export function defineMixed(
  kind: string,
  operands: readonly Operand[],
  build: (...nodes: readonly Node[]) => Node,
  named: Named = {},
): Tensor {
  return withContext(kind, () => recorded(kind, tensorsOf(kind, operands), build, named));
}

function tensorsOf(kind: string, operands: readonly Operand[]): readonly Tensor[] {
  const tensors = operands.filter((operand) => operand instanceof Tensor);
  const graph = graphOf(kind, tensors);
  const like = tensors.find(({ dtype }) => dtype !== "bool")?.dtype;
  return operands.map((operand) => tensorOf(operand, isArray(operand) ? undefined : like, graph));
}

function isArray(operand: Operand): boolean {
  return typeof operand === "object" && operand !== null && isNdArray(operand);
}

function recorded<S extends Shape>(
  kind: string,
  inputs: readonly Tensor[],
  build: (...nodes: readonly Node[]) => Node,
  named: Named,
): Tensor<S> {
  return graphOf(kind, inputs).record<S>(kind, build(...inputs.map(({ node }) => node)), { inputs, ...named });
}
