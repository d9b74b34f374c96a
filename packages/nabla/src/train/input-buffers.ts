import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { entriesOf, mapNamed, type OneOrNamed } from "../base/named.ts";
import type { BatchStorage } from "../data/batches.ts";
import type { Arrays } from "../data/examples.ts";
import type { Program } from "../engine/program.ts";
import { blankFeeds, type ExampleOutline } from "./example-inputs.ts";

/** Where the arrays of batches lie inside the engine, so that a batch is put together there and not copied. */
export interface InputBuffers {
  /** The place of a batch of so many rows; undefined where the engine offers none, or has moved since. */
  readonly of: (rows: number) => BatchStorage | undefined;
}

interface InputBuffersOptions {
  readonly program: Program;
  readonly like: ExampleOutline;
  /** How many rows batches have: the full ones, and a last shorter one. */
  readonly sizes: readonly number[];
  /** Everything that a step is fed but the batch. */
  readonly feeds: Readonly<Record<string, NdArray | number>>;
}

/** Finds the places, which makes the program ready for batches of these sizes. */
export async function inputBuffersFor({ program, like, sizes, feeds }: InputBuffersOptions): Promise<InputBuffers> {
  // how long the sequences of a batch are, only the batch tells
  if (like.sequences !== undefined) return { of: () => undefined };
  const buffers = new Map<number, BatchStorage>();
  // making ready for one size may move the memory that the places of another were in: then once more
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

/** Memory that has grown leaves views of no length behind. */
function isThere(storage: BatchStorage | undefined): boolean {
  if (storage === undefined) return false;
  return Object.values(storage).every((arrays: Arrays) =>
    entriesOf<NdArray>("", arrays).every(([, { data }]) => data.length > 0),
  );
}
