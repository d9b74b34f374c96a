import { type Buffer, BYTES, type MatmulKernel, WIDE_BYTES } from "../loop.ts";
import type { DirectPlan } from "./direct-matmul.ts";
import type { Features } from "./features.ts";
import type { Tile } from "./microkernel.ts";
import { addressOf } from "./nest.ts";
import { chooseBlocks, type StridedProduct, scratchOf } from "./packed-matmul.ts";

/** The elements of a vector, and of what the host makes of it: one, or two joined. */
interface Vectors {
  readonly width: number;
  readonly lanes: number;
}

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

/** What decides how products are computed on a host. */
export type ProductFeatures = Pick<Features, "fused" | "revectorized"> & {
  /** Whether it computes in float64. */
  readonly wide?: boolean | undefined;
  /** Whether packed panels are the only way, as inside a blocked kernel. */
  readonly packs?: boolean | undefined;
};

interface TileChoice {
  readonly rows: number;
  readonly columns: number;
  readonly share: number;
}

/** Tiles of packed products, with the share of the peak that they reach on panels in the cache. */
const TILES: Readonly<Record<"fused" | "plain" | "revectorized", readonly TileChoice[]>> = {
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
  revectorized: [
    { rows: 4, columns: 16, share: 1 },
    { rows: 5, columns: 16, share: 1 },
    { rows: 6, columns: 16, share: 0.95 },
    { rows: 8, columns: 8, share: 0.7 },
  ],
};

/** Products of at most this many multiply-adds may be computed without packing a. */
const SMALL = 200_000;
/** Numbers of b that stay in the first cache whatever else is read. */
const RESIDENT = 4096;
/** The most numbers of b that are packed as a whole; they need as much scratch, for every thread. */
export const MOST_PACKED = 2 ** 18;
/** Numbers of b beyond which its rows come from the second cache, line by line. */
const LARGE = 8192;
/** Sums and operands of a tile must fit the registers: sixteen minus the one that compilers reserve. */
const REGISTERS = 15;

interface Candidate {
  readonly plan: MatmulPlan;
  readonly cycles: number;
}

/**
 * Chooses the fastest way by counting cycles, which depend on nothing but the kernel's sizes and strides, and on the host. The
 * order of a number's sum does not depend on the host, so that all give the same bits.
 */
export function planMatmul(
  kernel: MatmulKernel,
  {
    buffers,
    fused,
    revectorized,
    wide = false,
    packs = false,
  }: { readonly buffers: readonly Buffer[] } & ProductFeatures,
): MatmulPlan {
  const choices = chosen.get(kernel) ?? { plans: new Map<string, MatmulPlan>(), ways: new Map<boolean, Ways>() };
  chosen.set(kernel, choices);
  const host = `${fused} ${revectorized} ${wide} ${packs}`;
  const product = productOf(kernel, buffers, bytesOf(wide));
  const ways = choices.ways.get(wide) ?? new Ways(product, wide);
  choices.ways.set(wide, ways);
  const plan = choices.plans.get(host) ?? choosePlan(kernel, ways, { fused, revectorized, packs });
  choices.plans.set(host, plan);
  return plan.kind === "loop" ? plan : { ...plan, product: placed(plan, product) };
}

/** What was chosen for a kernel on each host that was asked about, and from what: wherever its buffers lie, it is the same. */
const chosen = new WeakMap<
  MatmulKernel,
  { readonly plans: Map<string, MatmulPlan>; readonly ways: Map<boolean, Ways> }
>();

function placed({ transposed }: { readonly transposed: boolean }, product: StridedProduct): StridedProduct {
  return transposed ? transpose(product) : product;
}

function bytesOf(wide: boolean): number {
  return wide ? WIDE_BYTES : BYTES;
}

function choosePlan(
  kernel: MatmulKernel,
  ways: Ways,
  { fused, revectorized, packs }: Required<Omit<ProductFeatures, "wide">>,
): MatmulPlan {
  const { product } = ways;
  const { m, n, k } = product;
  const strides = [kernel.a, kernel.b, kernel.c].flatMap((view) => view.strides);
  if (m === 0 || n === 0 || k === 0 || kernel.batch === 0 || strides.some((stride) => stride < 0))
    return { kind: "loop" };
  if (product.c.column !== 1) return { kind: "loop" };
  if (isDot(product)) return { kind: "loop" };
  const host = fused ? "fused" : "plain";
  const turned = ways.of(host, true);
  const isAllowed = ({ plan }: Candidate): boolean => packs !== true || plan.kind === "packed";
  const usual = fastest([...ways.of(host, false), ...turned].filter(isAllowed));
  if (!revectorized) return usual;
  // Sums that go to memory lane by lane are not joined: the host starts from stores of neighboring vectors.
  return fastest([...ways.of("revectorized", false), ...turned].filter(({ plan }) => plan.kind === usual.kind));
}

/** All ways to compute a product, on each kind of host. Those without packing are the same on hosts of equal vectors. */
class Ways {
  readonly product: StridedProduct;
  readonly #wide: boolean;
  readonly #lists = new Map<string, readonly Candidate[]>();

  constructor(product: StridedProduct, wide: boolean) {
    this.product = product;
    this.#wide = wide;
  }

  /** The ways of a host, as the product stands or turned. */
  of(host: keyof typeof TILES, transposed: boolean): readonly Candidate[] {
    const width = this.#wide ? 2 : 4;
    const vectors = { width, lanes: host === "revectorized" ? 2 * width : width };
    const product = placed({ transposed }, this.product);
    const packed = this.#list(`${host} ${transposed}`, () => packedWays(product, { host, vectors, transposed }));
    const direct = this.#list(`${vectors.lanes} ${transposed}`, () => directWays(product, { vectors, transposed }));
    return [...packed, ...direct];
  }

  #list(name: string, make: () => readonly Candidate[]): readonly Candidate[] {
    const list = this.#lists.get(name) ?? make();
    this.#lists.set(name, list);
    return list;
  }
}

/** Tiles of as many vectors, whose elements may be twice as wide. */
function tilesOf(host: keyof typeof TILES, width: number): readonly TileChoice[] {
  return TILES[host].map((tile) => ({ ...tile, columns: (tile.columns / 4) * width }));
}

function fastest(candidates: readonly Candidate[]): MatmulPlan {
  return candidates.reduce((best, next) => (next.cycles < best.cycles ? next : best)).plan;
}

function packedWays(
  product: StridedProduct,
  {
    host,
    vectors,
    transposed,
  }: { readonly host: keyof typeof TILES; readonly vectors: Vectors; readonly transposed: boolean },
): readonly Candidate[] {
  return tilesOf(host, vectors.width).map(({ rows, columns, share }): Candidate => {
    const tile = { rows, columns, transposed };
    return {
      plan: { kind: "packed", transposed, product, tile },
      cycles: packedCycles(product, tile, { share, lanes: vectors.lanes }),
    };
  });
}

function directWays(
  product: StridedProduct,
  { vectors, transposed }: { readonly vectors: Vectors; readonly transposed: boolean },
): readonly Candidate[] {
  return directPlans(product, vectors).map(
    (plan): Candidate => ({
      plan: { kind: "direct", transposed, product, direct: plan },
      cycles: directCycles(product, plan, vectors),
    }),
  );
}

/** The tiles of a product without packing that fit the registers. */
function directPlans({ m, n, k, b }: StridedProduct, vectorsOfHost: Vectors): DirectPlan[] {
  const plans: DirectPlan[] = [];
  for (const vectors of [1, 2, 3, 4, 6, 8]) {
    const width = vectorsOfHost.width * vectors;
    const registers = Math.max(
      registersOf(n < width ? n : width, vectorsOfHost),
      registersOf(n % width, vectorsOfHost),
    );
    for (let rows = 1; rows * registers <= 12 && rows * registers + registers + 1 <= REGISTERS; rows++) {
      const packs = b.column !== 1;
      if (packs && n * k > MOST_PACKED) continue;
      if (m * n * k <= SMALL || m <= 2 * rows || n * k <= RESIDENT) plans.push({ rows, vectors, packs });
    }
  }
  return plans;
}

/**
 * The registers of the host that hold the columns of a row. Only whole vectors are joined, and none where one is left over,
 * which would be joined with the first of the next row.
 */
function registersOf(columns: number, { width, lanes }: Vectors): number {
  if (lanes > width && columns % lanes === width) return columns / width;
  return Math.floor(columns / lanes) + Math.ceil((columns % lanes) / width);
}

/** The bytes of scratch for the packed blocks of a and b. */
export function scratchFor(plan: MatmulPlan, wide = false): { readonly a: number; readonly b: number } {
  const bytes = bytesOf(wide);
  if (plan.kind === "packed") return scratchOf(chooseBlocks(plan.product, plan.tile), bytes);
  if (plan.kind === "loop" || !plan.direct.packs) return { a: 0, b: 0 };
  const width = (plan.direct.vectors * 16) / bytes;
  return { a: 0, b: Math.ceil((Math.ceil(plan.product.n / width) * width * plan.product.k * bytes) / 64) * 64 };
}

function productOf(kernel: MatmulKernel, buffers: readonly Buffer[], bytes: number): StridedProduct {
  const operand = (view: MatmulKernel["a"]) => {
    const [, row = 0, column = 0] = view.strides;
    return { address: addressOf(view, buffers, bytes), row, column };
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

/** Two vectors of multiply-adds a cycle, stores, and what is packed. */
function packedCycles(
  product: StridedProduct,
  tile: Tile,
  { share, lanes }: { readonly share: number; readonly lanes: number },
): number {
  const { m, n, k, a, b } = product;
  const tiles = Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns);
  const blocks = chooseBlocks(product, tile);
  const numbers = tile.rows * tile.columns;
  const store = Math.ceil(k / blocks.k) * (tile.transposed ? 2 * numbers : numbers / 2 + 20);
  const pack = (count: number, isCopy: boolean) => count * (isCopy ? 0.4 : 0.7);
  const packing = pack(m * k * Math.ceil(n / blocks.n), a.row === 1) + pack(n * k, b.column === 1);
  return tiles * ((numbers * k) / (2 * lanes) / share + store + 30) + packing + 200;
}

/** Bound by multiply-adds, by loads, or by the latency of a sum; stores; and b if it is packed. */
function directCycles(
  { m, n, k, a, b, c }: StridedProduct,
  { rows, vectors, packs }: DirectPlan,
  vectorsOfHost: Vectors,
): number {
  const perVector = vectorsOfHost.width;
  const isLarge = k * n > LARGE;
  const missed = (thrashes(a.column, k) ? 5 : 0) + (!packs && !isLarge && thrashes(b.row, k) ? 5 : 0);
  const tile = (r: number, columns: number) => {
    const v = Math.ceil(columns / perVector);
    const registers = registersOf(columns, vectorsOfHost);
    const step = Math.max((r * registers) / 2, (r + registers) / 2, isLarge ? 5 * Math.ceil(v / 4) : 4) + missed;
    const stores = c.column === 1 ? v * (columns % perVector === 0 ? 1 : 1.5) : columns;
    return k * step + r * stores + 8;
  };
  const width = perVector * vectors;
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
