/** Named arrays as NumPy's `savez` writes them: a zip archive of `.npy` files. */
import type { NdArray } from "../../array/ndarray.ts";
import { NablaError, withContext } from "../../base/error.ts";
import { quoted } from "../quoted.ts";
import { writeZip } from "../zip/write-zip.ts";
import { readZip, type ZipOptions } from "../zip/zip.ts";
import { readNpy, writeNpy } from "./npy.ts";

const ENDING = ".npy";

/** The bytes of a `.npz` file, arrays in the map's order. */
export function writeNpz(arrays: ReadonlyMap<string, NdArray>): Uint8Array {
  return writeZip(new Map([...arrays].map(([name, array]) => [`${name}${ENDING}`, writeNpy(array)])));
}

/** The arrays of a `.npz` file by name. Throws `npz/entry` for a file that is no array, `npy/…` and `zip/…`. */
export function readNpz(bytes: Uint8Array, options: ZipOptions): ReadonlyMap<string, NdArray> {
  const zip = readZip(bytes, options);
  const arrays = new Map<string, NdArray>();
  for (const entry of zip.names) {
    if (!entry.endsWith(ENDING)) {
      throw new NablaError(
        "npz/entry",
        `${quoted(entry)} in the archive is no array`,
        "an .npz file holds .npy files alone",
      );
    }
    const name = entry.slice(0, -ENDING.length);
    arrays.set(
      name,
      withContext(`array ${quoted(name)}`, () => readNpy(zip.read(entry))),
    );
  }
  return arrays;
}
