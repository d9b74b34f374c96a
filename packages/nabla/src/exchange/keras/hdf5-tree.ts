/** What an HDF5 file holds, as a host that can read the format gives it. */
import type { NdArray } from "../../array/ndarray.ts";

/** A group of an HDF5 file: attributes, groups and arrays by name. */
export interface Hdf5Group {
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  readonly groups: ReadonlyMap<string, Hdf5Group>;
  readonly arrays: ReadonlyMap<string, NdArray>;
}

/** Reads and writes HDF5. Reading throws `keras/hdf5` for what is damaged or beyond its limits. */
export interface Hdf5 {
  readonly read: (bytes: Uint8Array) => Promise<Hdf5Group>;
  readonly write: (root: Hdf5Group) => Promise<Uint8Array>;
}

/** A group without anything but what is given. */
export function hdf5Group(content: Partial<Hdf5Group>): Hdf5Group {
  return { attributes: {}, groups: new Map(), arrays: new Map(), ...content };
}

/** The group at a path such as "layers/dense/vars". */
export function groupAt(root: Hdf5Group, path: string): Hdf5Group | undefined {
  return path
    .split("/")
    .reduce<Hdf5Group | undefined>((here, name) => (name === "" ? here : here?.groups.get(name)), root);
}

/** The array at a path such as "dense/kernel:0". */
export function arrayAt(root: Hdf5Group, path: string): NdArray | undefined {
  const cut = path.lastIndexOf("/");
  return groupAt(root, path.slice(0, Math.max(0, cut)))?.arrays.get(path.slice(cut + 1));
}
