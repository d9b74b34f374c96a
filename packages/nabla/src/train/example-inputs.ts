import type { NdArray } from "../array/ndarray.ts";
import type { Size } from "../array/shape.ts";
import { compact } from "../base/compact.ts";
import { isNamed, type Like, mapNamed, type OneOrNamed } from "../base/named.ts";
import { type AnyExamples, type Arrays, storageLike } from "../data/examples.ts";
import { isSequence, TIME } from "../data/sequences.ts";
import { input } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Signal } from "../nn/layer.ts";

/** The properties of an array that determine its graph input. */
type Outline = Pick<NdArray, "dtype" | "shape">;

/** The common structure of examples: those in memory, those that are read on demand, a batch. */
export interface ExampleOutline<I extends OneOrNamed<Outline> = OneOrNamed<Outline>, T extends Arrays = Arrays> {
  readonly inputs: I;
  readonly targets: T;
  /** Which positions count; all of them without it. */
  readonly mask?: Arrays;
  /** Inputs that are cut behind the last position that counts; none by default. */
  readonly sequences?: readonly string[];
}

/**
 * The inputs of a graph for examples like these, with "batch" for the number of rows and "time" for the length of
 * sequences.
 */
export interface ExampleInputs<X extends Signal = Signal, Y extends Signal = Signal> {
  readonly x: X;
  readonly y: Y;
  readonly mask: Signal | undefined;
  /** All of them, for a program. */
  readonly all: readonly Tensor[];
}

/** Makes the inputs: "inputs", "targets" and "mask", or "inputs.name" and so on where there are several. */
export function inputsFor<I extends OneOrNamed<Outline>, T extends Arrays>({
  inputs,
  targets,
  mask,
  sequences,
}: ExampleOutline<I, T>): ExampleInputs<Like<I, Outline, Tensor>, Like<T, Outline, Tensor>>;
export function inputsFor({ inputs, targets, mask, sequences }: ExampleOutline): ExampleInputs {
  const all: Tensor[] = [];
  const of = (title: string, value: OneOrNamed<Outline>): Signal =>
    mapNamed(value, ({ dtype, shape }: Outline, name) => {
      const sizes = isSequence(sequences, title, name) ? [TIME, ...shape.slice(2)] : shape.slice(1);
      const made = input(name === undefined ? title : `${title}.${name}`, ["batch", ...sizes], dtype);
      all.push(made);
      return made;
    });
  return {
    x: of("inputs", inputs),
    y: of("targets", targets),
    mask: mask === undefined ? undefined : of("mask", mask),
    all,
  };
}

/** Writes the arrays of a batch into feeds, by the names of their inputs. */
export function feedExamples(
  { inputs, targets, mask }: Pick<AnyExamples, "inputs" | "targets" | "mask">,
  feeds: Record<string, NdArray | number>,
): void {
  feed("inputs", inputs, feeds);
  feed("targets", targets, feeds);
  if (mask !== undefined) feed("mask", mask, feeds);
}

// this runs at every step
function feed(title: string, value: Arrays, feeds: Record<string, NdArray | number>): void {
  if (!isNamed(value)) feeds[title] = value;
  else for (const [name, array] of Object.entries(value)) feeds[`${title}.${name}`] = array;
}

/** The arrays of examples by the names of their inputs. */
export function exampleFeeds(
  examples: Pick<AnyExamples, "inputs" | "targets" | "mask">,
): Readonly<Record<string, NdArray>> {
  const feeds: Record<string, NdArray> = {};
  feedExamples(examples, feeds);
  return feeds;
}

/** The shapes of single examples. */
export function exampleShape<I extends OneOrNamed<Outline>>(inputs: I): Like<I, Outline, Size> {
  return mapNamed(inputs, ({ shape }: Outline) => shape.slice(1));
}

/** Arrays of the same types and shapes as examples, with the given number of rows, to compile a program for them. */
export function blankFeeds({ inputs, targets, mask }: ExampleOutline, rows: number): Readonly<Record<string, NdArray>> {
  return exampleFeeds(
    compact({
      inputs: storageLike(inputs, rows),
      targets: storageLike(targets, rows),
      mask: mask === undefined ? undefined : storageLike(mask, rows),
    }),
  );
}

/** The free lengths of examples like these, with so many rows: what a program is measured for without any arrays. */
export function freeLengths({ inputs, targets, sequences }: ExampleOutline, rows: number): ReadonlyMap<string, number> {
  const lengths = new Map([["batch", rows]]);
  const find = (title: string, value: OneOrNamed<Outline>): unknown =>
    mapNamed(value, ({ shape }: Outline, name) => {
      if (isSequence(sequences, title, name)) lengths.set(TIME, shape[1] ?? 1);
      return shape;
    });
  find("inputs", inputs);
  find("targets", targets);
  return lengths;
}
