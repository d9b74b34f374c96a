/** The training that tests run in Node and in browsers. */
import { adam, chain, dense, type Job, type NdArray, ndarray, relu, softmaxCrossEntropy } from "nabla";

/** A network on the digits of a table: 64 pixels from 0 to 16 a line, then the digit. */
export function digitsJob(text: string, epochs: number): Job {
  const lines = text.trim().split("\n").slice(1);
  const rows = lines.map((line) => line.split(",").map(Number));
  const pixels = rows.flatMap((row) => row.slice(0, 64).map((pixel) => pixel / 16));
  const targets = ndarray(
    Int32Array.from(rows, (row) => row[64] ?? 0),
    [rows.length],
  );
  return {
    model: chain(dense(32), relu(), dense(10)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.01 }),
    train: { rows: rows.length, inputs: ndarray(Float32Array.from(pixels), [rows.length, 64]), targets },
    epochs,
    batch: 64,
    seed: 3,
  };
}

/** SHA-256 of all weights in the order of their paths, in hexadecimal. */
export async function hashOf(weights: ReadonlyMap<string, NdArray>): Promise<string> {
  const ordered = [...weights].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
