import type { NdArray } from "nabla";
import { sha256 } from "../host/hash.ts";

/** The SHA-256 of everything that counts of arrays and a text: names, types, shapes, numbers and every sign. */
export function digest(arrays: ReadonlyMap<string, NdArray>, text: string): string {
  const named = [...arrays].map(([name, { dtype, shape }]) => [name, dtype, shape]);
  const numbers = [...arrays.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return sha256(JSON.stringify([text, named]), ...numbers);
}
