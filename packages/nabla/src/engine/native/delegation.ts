/** Decides which products are delegated to a native BLAS. */
import { known } from "../../base/error.ts";
import { type Buffer, BYTES, type MatmulKernel, type View } from "../loop.ts";
import type { BlasMatrix, BlasProduct } from "./blas.ts";

/**
 * Below this many multiply-adds, or with a side this short, the emitted kernels are at least as fast: measured on an
 * AMD EPYC with OpenBLAS 0.3.21, where 32x32x32 is 1.6 times faster by BLAS and 20x3x300 2.3 times slower.
 */
const FEWEST_MULTIPLICATIONS = 32_768;
const SHORTEST_SIDE = 8;

/** Whether a native library, where there is one, would be faster than the emitted kernels. */
export function isLargeProduct({ m, n, k }: Pick<MatmulKernel, "m" | "n" | "k">): boolean {
  return m * n * k >= FEWEST_MULTIPLICATIONS && Math.min(m, n, k) >= SHORTEST_SIDE;
}

/** The calls that do a kernel's work, or undefined where the emitted kernel should. */
export function delegated(kernel: MatmulKernel, buffers: readonly Buffer[]): readonly BlasProduct[] | undefined {
  const { batch, m, n, k } = kernel;
  if (!isLargeProduct(kernel)) return undefined;
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
  })).flatMap(blocksOf);
}

/** The minimum multiply-adds in a block, and the maximum number of blocks: each block packs one operand again. */
const BLOCK_MULTIPLICATIONS = 1_000_000;
const MOST_BLOCKS = 16;
/** The sides of blocks are multiples of this, so that a library's whole tiles stay whole. */
const BLOCK_UNIT = 16;

/**
 * Cuts a large product into blocks of rows or columns that threads may do. A library may round a number otherwise in a
 * block than in the whole, so the blocks are the same for any number of threads, and for one.
 */
function blocksOf(product: BlasProduct): readonly BlasProduct[] {
  const { m, n, k, a, b, c } = product;
  const byRows = m >= n;
  const length = Math.max(m, n);
  const shortest = length >= 256 ? 128 : 64;
  const count = Math.min(MOST_BLOCKS, Math.floor((m * n * k) / BLOCK_MULTIPLICATIONS), Math.floor(length / shortest));
  if (count < 2) return [product];
  const size = Math.ceil(length / count / BLOCK_UNIT) * BLOCK_UNIT;
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => {
    const start = i * size;
    const rest = Math.min(size, length - start);
    return byRows
      ? { ...product, m: rest, a: moved(a, start, 0), c: moved(c, start, 0) }
      : { ...product, n: rest, b: moved(b, 0, start), c: moved(c, 0, start) };
  });
}

function moved(operand: BlasMatrix, row: number, column: number): BlasMatrix {
  const { address, leading, transposed } = operand;
  const elements = transposed ? row + column * leading : row * leading + column;
  return { ...operand, address: address + elements * BYTES };
}

type Sides = readonly [rows: number, columns: number];

function operand(
  { buffer, offset, strides }: View,
  buffers: readonly Buffer[],
  [rows, columns]: Sides,
): BlasMatrix | undefined {
  const [, row = 0, column = 0] = strides;
  const address = known(buffers[buffer], "buffer").address + offset * BYTES;
  if (column === 1 && row >= columns) return { address, leading: row, transposed: false };
  return row === 1 && column >= rows ? { address, leading: column, transposed: true } : undefined;
}

function shifted(operand: BlasMatrix, { strides }: View, i: number): BlasMatrix {
  return { ...operand, address: operand.address + i * (strides[0] ?? 0) * BYTES };
}
