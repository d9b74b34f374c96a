/** Which products a native BLAS takes over. */

import { known } from "../../base/error.ts";
import { type Buffer, BYTES, type MatmulKernel, type View } from "../loop.ts";
import type { Operand, Product } from "./blas.ts";

/**
 * Below this many multiply-adds, or with a side this short, the emitted kernels are at least as fast: measured on an AMD
 * EPYC with OpenBLAS 0.3.21, where 32x32x32 is 1.6 times faster by BLAS and 20x3x300 2.3 times slower.
 */
const FEWEST_MULTIPLICATIONS = 32_768;
const SHORTEST_SIDE = 8;

/** The calls that do a kernel's work, or undefined where the emitted kernel should. */
export function delegated(kernel: MatmulKernel, buffers: readonly Buffer[]): readonly Product[] | undefined {
  const { batch, m, n, k } = kernel;
  if (m * n * k < FEWEST_MULTIPLICATIONS || Math.min(m, n, k) < SHORTEST_SIDE) return undefined;
  const [a, b, c] = [
    operand(kernel.a, buffers, [m, k]),
    operand(kernel.b, buffers, [k, n]),
    operand(kernel.c, buffers, [m, n]),
  ];
  if (a === undefined || b === undefined || c === undefined || c.transposed) return undefined;
  return Array.from({ length: batch }, (_, i) => ({
    m,
    n,
    k,
    a: shifted(a, kernel.a, i),
    b: shifted(b, kernel.b, i),
    c: shifted(c, kernel.c, i),
  }));
}

type Sides = readonly [rows: number, columns: number];

function operand(
  { buffer, offset, strides }: View,
  buffers: readonly Buffer[],
  [rows, columns]: Sides,
): Operand | undefined {
  const [, row = 0, column = 0] = strides;
  const address = known(buffers[buffer], "buffer").address + offset * BYTES;
  if (column === 1 && row >= columns) return { address, leading: row, transposed: false };
  return row === 1 && column >= rows ? { address, leading: column, transposed: true } : undefined;
}

function shifted(operand: Operand, { strides }: View, i: number): Operand {
  return { ...operand, address: operand.address + i * (strides[0] ?? 0) * BYTES };
}
