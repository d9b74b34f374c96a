/** Named arrays as NumPy's `savez` writes them: a zip archive of `.npy` files. */
import type { NdArray } from "../../array/ndarray.ts";
import { NablaError, withContext } from "../../base/error.ts";
import { quoted } from "../quoted.ts";
import { writeZip } from "../zip/write-zip.ts";
import { readZip, type ZipOptions } from "../zip/zip.ts";
import { readNpy, readNpyArray, type TextArray, writeNpy } from "./npy.ts";

const ENDING = ".npy";

/** The bytes of a `.npz` file, arrays in the map's order. */
export function writeNpz(arrays: ReadonlyMap<string, NdArray>): Uint8Array {
  return writeZip(new Map([...arrays].map(([name, array]) => [`${name}${ENDING}`, writeNpy(array)])));
}

/** An archive of arrays, each of which is unpacked when it is read. */
export interface Npz {
  readonly names: readonly string[];
  /** Throws `npy/…` and `zip/…`. */
  readonly read: (name: string) => NdArray | TextArray;
}

/** Opens a `.npz` file whose arrays may be of texts too. Throws `npz/entry` for a file that is no array, and `zip/…`. */
export function openNpz(bytes: Uint8Array, options: ZipOptions): Npz {
  const zip = readZip(bytes, options);
  const names = zip.names.map(arrayName);
  return {
    names,
    read: (name) => withContext(`array ${quoted(name)}`, () => readNpyArray(zip.read(`${name}${ENDING}`))),
  };
}

function arrayName(entry: string): string {
  if (entry.endsWith(ENDING)) return entry.slice(0, -ENDING.length);
  const message = `${quoted(entry)} in the archive is no array`;
  throw new NablaError("npz/entry", message, "an .npz file holds .npy files alone");
}

/** The arrays of a `.npz` file by name. Throws `npz/entry` for a file that is no array, `npy/…` and `zip/…`. */
export function readNpz(bytes: Uint8Array, options: ZipOptions): ReadonlyMap<string, NdArray> {
  const zip = readZip(bytes, options);
  const arrays = new Map<string, NdArray>();
  for (const entry of zip.names) {
    const name = arrayName(entry);
    arrays.set(
      name,
      withContext(`array ${quoted(name)}`, () => readNpy(zip.read(entry))),
    );
  }
  return arrays;
}
