import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { entriesOf, mapNamed, type OneOrNamed } from "../base/named.ts";
import type { BatchStorage } from "../data/batches.ts";
import type { Arrays } from "../data/examples.ts";
import type { Program } from "../engine/program.ts";
import { blankFeeds, type ExampleOutline } from "./example-inputs.ts";

/** The input buffers of batches inside the engine, so that a batch is assembled there and not copied. */
export interface InputBuffers {
  /** The buffer for this batch size; undefined where the engine offers none, or has moved since. */
  readonly of: (rows: number) => BatchStorage | undefined;
  /** Whether they are those for these batch sizes, and all still there. */
  readonly areFor: (sizes: readonly number[]) => boolean;
}

interface InputBuffersOptions {
  readonly program: Program;
  readonly like: ExampleOutline;
  /** The batch sizes: that of the full batches, and that of a last shorter one. */
  readonly sizes: readonly number[];
  /** Every input of a step except the batch. */
  readonly feeds: Readonly<Record<string, NdArray | number>>;
  /** The buffers of the epoch before, which mostly serve again. */
  readonly before?: InputBuffers | undefined;
}

/** Gets the buffers, which compiles the program for these batch sizes. */
export async function inputBuffersFor(options: InputBuffersOptions): Promise<InputBuffers> {
  const { program, like, sizes, feeds, before } = options;
  // the sequence length is known only per batch
  if (like.sequences !== undefined) return { of: () => undefined, areFor: () => true };
  if (before?.areFor(sizes) === true) return before;
  const buffers = new Map<number, BatchStorage>();
  // compiling for one size may move the memory that the buffers of another were in: then get them again
  for (const rows of [...sizes, ...sizes]) {
    if (isThere(buffers.get(rows))) continue;
    const blank = blankFeeds(like, rows);
    const found = new Map<string, NdArray>();
    for (const name of Object.keys(blank)) {
      const buffer = await program.inputBuffer(name, { ...feeds, ...blank });
      if (buffer !== undefined) found.set(name, buffer);
    }
    if (found.size === Object.keys(blank).length) buffers.set(rows, storageFrom(like, found));
  }
  return {
    of: (rows) => {
      const buffer = buffers.get(rows);
      return isThere(buffer) ? buffer : undefined;
    },
    // where others were used in between, these may have been given back
    areFor: (others) => others.join() === sizes.join() && sizes.every((rows) => isThere(buffers.get(rows))),
  };
}

function storageFrom({ inputs, targets, mask }: ExampleOutline, found: ReadonlyMap<string, NdArray>): BatchStorage {
  const at = (title: string, value: OneOrNamed<Pick<NdArray, "dtype" | "shape">>): Arrays =>
    mapNamed(value, (_: Pick<NdArray, "dtype" | "shape">, name) =>
      known(found.get(name === undefined ? title : `${title}.${name}`), title),
    );
  return {
    inputs: at("inputs", inputs),
    targets: at("targets", targets),
    ...(mask === undefined ? {} : { mask: at("mask", mask) }),
  };
}

/** When WebAssembly memory grows, existing views are detached and have length 0. */
function isThere(storage: BatchStorage | undefined): boolean {
  if (storage === undefined) return false;
  return Object.values(storage).every((arrays: Arrays) =>
    entriesOf<NdArray>("", arrays).every(([, { data }]) => data.length > 0),
  );
}
