/** Sequences of different lengths lie in arrays as long as the longest; a batch need not be longer than its own longest. */
import { allocate, type NdArray } from "../array/ndarray.ts";
import { elementsOf, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import { entriesOf, isNamed, mapNamed } from "../base/named.ts";
import { listing } from "../base/text.ts";
import type { AnyExamples, Arrays, StoredExamples } from "./examples.ts";

/** The length of the second axis of sequences in a graph. */
export const TIME = "time";

/** Whether an array has a second axis that is cut; `title` is that of its kind. */
export function isSequence(sequences: readonly string[] | undefined, title: string, name: string | undefined): boolean {
  if (sequences === undefined) return false;
  return title !== "inputs" || sequences.includes(name === undefined ? title : `${title}.${name}`);
}

/** Refuses sequences that cannot be cut. Throws `data/sequences`. */
export function checkSequences({ sequences, mask, inputs, targets }: AnyExamples | StoredExamples): void {
  if (sequences === undefined) return;
  const fail = (message: string): never => {
    throw new NablaError("data/sequences", message, "give a mask [rows, time] with 1 where a position counts");
  };
  const time = mask === undefined || isNamed(mask) ? undefined : mask.shape[1];
  if (time === undefined)
    fail("sequences are truncated by a mask of their positions, and there is no mask [rows, time]");
  const given = [...entriesOf<Pick<NdArray, "shape">>("inputs", inputs), ...entriesOf<NdArray>("targets", targets)];
  const names = given.map(([name]) => name);
  const unknown = sequences.find((name) => !names.includes(name));
  if (unknown !== undefined) fail(`there is no "${unknown}" among ${listing(names, "and")}`);
  for (const [name, { shape }] of given)
    if ((!name.startsWith("inputs") || sequences.includes(name)) && shape[1] !== time)
      fail(`the mask has ${time} positions, and ${name} has the shape ${showShape(shape)}`);
}

/** The same examples without the positions after the last one that counts in any of them. */
export function cutSequences<E extends Pick<AnyExamples, "inputs" | "targets" | "mask">>(
  examples: E,
  sequences: readonly string[] | undefined,
): E {
  const { inputs, targets, mask } = examples;
  if (sequences === undefined || mask === undefined || isNamed(mask)) return examples;
  const length = longest(mask);
  if (length === mask.shape[1]) return examples;
  const of = (title: string, arrays: Arrays): Arrays =>
    mapNamed(arrays, (array: NdArray, name) => (isSequence(sequences, title, name) ? cut(array, length) : array));
  return { ...examples, inputs: of("inputs", inputs), targets: of("targets", targets), mask: cut(mask, length) };
}

/** How many positions there are up to the last that counts in any row; at least one. */
function longest({ data, shape }: NdArray): number {
  const [, time = 1, ...rest] = shape;
  const width = elementsOf(rest);
  let found = 0;
  for (let i = 0; i < data.length; i++) {
    const position = Math.floor(i / width) % time;
    if (data[i] !== 0 && position > found) found = position;
  }
  return found + 1;
}

function cut({ data, shape, dtype }: NdArray, length: number): NdArray {
  const [rows = 0, time = 1, ...rest] = shape;
  const [from, to] = [time * elementsOf(rest), length * elementsOf(rest)];
  const kept = allocate(dtype, rows * to);
  for (let row = 0; row < rows; row++) kept.set(data.subarray(row * from, row * from + to), row * to);
  return { dtype, shape: [rows, length, ...rest], data: kept };
}
