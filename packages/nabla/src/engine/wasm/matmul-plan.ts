import { type Buffer, BYTES, type MatmulKernel } from "../loop.ts";
import type { DirectPlan } from "./direct-matmul.ts";
import type { Tile } from "./microkernel.ts";
import { addressOf } from "./nest.ts";
import { chooseBlocks, type StridedProduct, scratchOf } from "./packed-matmul.ts";

/** How a product is computed. */
export type MatmulPlan =
  | { readonly kind: "packed"; readonly transposed: boolean; readonly product: StridedProduct; readonly tile: Tile }
  | {
      readonly kind: "direct";
      readonly transposed: boolean;
      readonly product: StridedProduct;
      readonly direct: DirectPlan;
    }
  | { readonly kind: "loop" };

/** Tiles of packed products, with the share of the peak that they reach on panels in the cache. */
const TILES = {
  fused: [
    { rows: 6, columns: 8, share: 1 },
    { rows: 5, columns: 8, share: 0.95 },
    { rows: 12, columns: 4, share: 1 },
    { rows: 3, columns: 12, share: 0.95 },
  ],
  plain: [
    { rows: 3, columns: 12, share: 0.9 },
    { rows: 5, columns: 8, share: 0.85 },
    { rows: 12, columns: 4, share: 0.75 },
  ],
} as const;

/** Products of at most this many multiply-adds may be computed without packing a. */
const SMALL = 200_000;
/** Numbers of b that stay in the first cache whatever else is read. */
const RESIDENT = 4096;
/** Numbers of b beyond which its rows come from the second cache, line by line. */
const LARGE = 8192;
/** Sums and operands of a tile must fit the registers: sixteen minus the one that compilers reserve. */
const REGISTERS = 15;

/** Chooses the fastest way by counting cycles, which depend on nothing but the kernel's sizes and strides. */
export function planMatmul(kernel: MatmulKernel, options: { buffers: readonly Buffer[]; fused: boolean }): MatmulPlan {
  const product = productOf(kernel, options.buffers);
  const { m, n, k } = product;
  const strides = [kernel.a, kernel.b, kernel.c].flatMap((view) => view.strides);
  if (m === 0 || n === 0 || k === 0 || kernel.batch === 0 || strides.some((stride) => stride < 0))
    return { kind: "loop" };
  if (product.c.column !== 1) return { kind: "loop" };
  if (isDot(product)) return { kind: "loop" };
  const candidates: { readonly plan: MatmulPlan; readonly cycles: number }[] = [];
  for (const transposed of [false, true]) {
    const turned = transposed ? transpose(product) : product;
    for (const { rows, columns, share } of TILES[options.fused ? "fused" : "plain"]) {
      const tile = { rows, columns, transposed };
      candidates.push({
        plan: { kind: "packed", transposed, product: turned, tile },
        cycles: packedCycles(turned, tile, share),
      });
    }
    for (const vectors of [1, 2, 3, 4, 6, 8]) {
      for (let rows = 1; rows * vectors <= 12 && rows * vectors + vectors + 1 <= REGISTERS; rows++) {
        const direct = { rows, vectors, packs: turned.b.column !== 1 };
        if (m * n * k > SMALL && turned.m > 2 * rows && turned.n * k > RESIDENT) continue;
        candidates.push({
          plan: { kind: "direct", transposed, product: turned, direct },
          cycles: directCycles(turned, direct),
        });
      }
    }
  }
  return candidates.reduce((best, next) => (next.cycles < best.cycles ? next : best)).plan;
}

/** The bytes of scratch for the packed blocks of a and b. */
export function scratchFor(plan: MatmulPlan): { readonly a: number; readonly b: number } {
  if (plan.kind === "packed") return scratchOf(chooseBlocks(plan.product, plan.tile));
  if (plan.kind === "loop" || !plan.direct.packs) return { a: 0, b: 0 };
  const width = plan.direct.vectors * 4;
  return { a: 0, b: Math.ceil((Math.ceil(plan.product.n / width) * width * plan.product.k * BYTES) / 64) * 64 };
}

function productOf(kernel: MatmulKernel, buffers: readonly Buffer[]): StridedProduct {
  const operand = (view: MatmulKernel["a"]) => {
    const [, row = 0, column = 0] = view.strides;
    return { address: addressOf(view, buffers), row, column };
  };
  const { m, n, k } = kernel;
  const c = operand(kernel.c);
  return { m, n, k, a: operand(kernel.a), b: operand(kernel.b), c: n === 1 ? { ...c, column: 1 } : c };
}

/** The same product seen as the transpose of c. */
function transpose({ m, n, k, a, b, c }: StridedProduct): StridedProduct {
  const turn = ({ address, row, column }: StridedProduct["a"]) => ({ address, row: column, column: row });
  return { m: n, n: m, k, a: turn(b), b: turn(a), c: turn(c) };
}

/** A row or a column of results whose sums run along memory: the loop form is made for that. */
function isDot({ m, n, k, a, b }: StridedProduct): boolean {
  if (k < 16) return false;
  return (n === 1 && a.column === 1 && b.row === 1) || (m === 1 && a.column === 1 && b.row === 1);
}

/** Eight multiply-adds a cycle, stores, and what is packed. */
function packedCycles(product: StridedProduct, tile: Tile, share: number): number {
  const { m, n, k, a, b } = product;
  const tiles = Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns);
  const blocks = chooseBlocks(product, tile);
  const numbers = tile.rows * tile.columns;
  const store = Math.ceil(k / blocks.k) * (tile.transposed ? 2 * numbers : numbers / 2 + 20);
  const pack = (count: number, isCopy: boolean) => count * (isCopy ? 0.4 : 0.7);
  const packing = pack(m * k * Math.ceil(n / blocks.n), a.row === 1) + pack(n * k, b.column === 1);
  return tiles * ((numbers * k) / 8 / share + store + 30) + packing + 200;
}

/** Bound by multiply-adds, by loads, or by the latency of a sum; stores; and b if it is packed. */
function directCycles({ m, n, k, a, b, c }: StridedProduct, { rows, vectors, packs }: DirectPlan): number {
  const isLarge = k * n > LARGE;
  const missed = (thrashes(a.column, k) ? 5 : 0) + (!packs && !isLarge && thrashes(b.row, k) ? 5 : 0);
  const tile = (r: number, columns: number) => {
    const v = Math.ceil(columns / 4);
    const step = Math.max((r * v) / 2, (r + v) / 2, isLarge ? 5 * Math.ceil(v / 4) : 4) + missed;
    const stores = c.column === 1 ? v * (columns % 4 === 0 ? 1 : 1.5) : columns;
    return k * step + r * stores + 8;
  };
  const width = 4 * vectors;
  const column = (columns: number) =>
    Math.floor(m / rows) * tile(rows, columns) + (m % rows > 0 ? tile(m % rows, columns) : 0);
  const whole = Math.floor(n / width) * column(width) + (n % width > 0 ? column(n % width) : 0);
  return whole + (packs ? n * k * (b.row === 1 ? 0.8 : 1.2) + 60 : 0);
}

/** Whether lines that far apart push each other out of a first cache of 64 sets of 8 lines before they are used up. */
function thrashes(stride: number, steps: number): boolean {
  const bytes = stride * BYTES;
  const setsMet = Math.min(64, 4096 / greatestDivisor(bytes, 4096));
  return bytes * steps > 32768 && bytes >= 64 && steps > setsMet * 4;
}

function greatestDivisor(x: number, y: number): number {
  return y === 0 ? x : greatestDivisor(y, x % y);
}
