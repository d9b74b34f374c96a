import type { NdArray } from "../array/ndarray.ts";
import { allocate } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import type { BatchStorage } from "../data/batches.ts";
import type { Examples, StoredExamples } from "../data/examples.ts";
import type { Program } from "../engine/program.ts";

/** Where the inputs and targets of batches lie inside the engine, so that a batch is put together there and not copied. */
export interface InputBuffers {
  /** The place of a batch of so many rows; undefined where the engine offers none, or has moved since. */
  readonly of: (rows: number) => BatchStorage | undefined;
}

interface InputBuffersOptions {
  readonly program: Program;
  readonly like: Pick<Examples | StoredExamples, "inputs" | "targets">;
  /** How many rows batches have: the full ones, and a last shorter one. */
  readonly sizes: readonly number[];
  /** Everything that a step is fed but the batch. */
  readonly feeds: Readonly<Record<string, NdArray | number>>;
}

/** Finds the places, which makes the program ready for batches of these sizes. */
export async function inputBuffersFor({ program, like, sizes, feeds }: InputBuffersOptions): Promise<InputBuffers> {
  const buffers = new Map<number, BatchStorage>();
  // making ready for one size may move the memory that the places of another were in: then once more
  for (const rows of [...sizes, ...sizes]) {
    if (isThere(buffers.get(rows))) continue;
    const example = { ...feeds, inputs: blank(like.inputs, rows), targets: blank(like.targets, rows) };
    const inputs = await program.inputBuffer("inputs", example);
    const targets = await program.inputBuffer("targets", example);
    if (inputs !== undefined && targets !== undefined) buffers.set(rows, { inputs, targets });
  }
  return {
    of: (rows) => {
      const buffer = buffers.get(rows);
      return isThere(buffer) ? buffer : undefined;
    },
  };
}

/** Memory that has grown leaves views of no length behind. */
function isThere(buffer: BatchStorage | undefined): boolean {
  return buffer !== undefined && buffer.inputs.data.length > 0 && buffer.targets.data.length > 0;
}

function blank({ dtype, shape }: Pick<NdArray, "dtype" | "shape">, rows: number): NdArray {
  const size = [rows, ...shape.slice(1)];
  return { dtype, shape: size, data: allocate(dtype, elementsOf(size)) };
}
