/** The fetches of a run, in any nesting, and its results in the same one. */
import { castArray, type NdArray } from "../array/ndarray.ts";
import type { Shape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { type Graph, Operation, Tensor } from "./graph.ts";

/** A tensor, an operation, or the name of one. */
export type Fetch = Tensor | Operation | string;

/** One fetch, or lists and records of them. */
export type Fetches = Fetch | readonly Fetches[] | { readonly [name: string]: Fetches };

/** A number for a tensor of shape [] (0 or 1 for bool), an array for any other. */
export type Fetched = number | NdArray;

/** What a run gives for its fetches: the same nesting, null for operations. */
export type Answer<F> =
  F extends Tensor<infer S>
    ? AnswerOf<S>
    : F extends Operation
      ? null
      : F extends string
        ? Fetched | null
        : { readonly [K in keyof F]: Answer<F[K]> };

type AnswerOf<S extends Shape> = S extends readonly [] ? number : Fetched;

/** Adds what is fetched to `found`, in order. Throws `tf1/fetch` for what is neither, `tf1/graph` for another graph's. */
export function readFetches(graph: Graph, fetches: Fetches, found: (Tensor | Operation)[]): void {
  if (fetches instanceof Tensor || fetches instanceof Operation) {
    if (fetches.graph !== graph)
      throw new NablaError("tf1/graph", `"${fetches.name}" is fetched, and belongs to another graph than this session`);
    found.push(fetches);
  } else if (typeof fetches === "string") found.push(graph.find(fetches));
  else if (typeof fetches === "object" && fetches !== null)
    for (const part of Array.isArray(fetches) ? fetches : Object.values(fetches)) readFetches(graph, part, found);
  else
    throw new NablaError(
      "tf1/fetch",
      `${String(fetches)} cannot be fetched`,
      "fetch tensors, operations, their names, or lists and records of them",
    );
}

/** Results in the nesting of the fetches; `next` returns one after the other. */
export function answer(fetches: Fetches, next: () => Fetched | null): unknown {
  if (fetches instanceof Tensor || fetches instanceof Operation || typeof fetches === "string") return next();
  if (Array.isArray(fetches)) return fetches.map((part) => answer(part, next));
  return Object.fromEntries(Object.entries(fetches).map(([name, part]) => [name, answer(part, next)]));
}

/** An engine's result as it is handed out: numbers for shape [], arrays in the tensor's own dtype. */
export function handedOut(result: NdArray, { dtype }: Tensor): Fetched {
  if (result.shape.length === 0) return result.data[0] ?? 0;
  return result.dtype === dtype ? result : castArray(result, dtype);
}
