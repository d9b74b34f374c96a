import type { FunctionBuilder } from "./assembler.ts";
import type { EpiloguePrinter, SumVector } from "./epilogue.ts";
import type { PackedProducts, StridedProduct } from "./packed-matmul.ts";
import type { I32, Local } from "./tokens.ts";

/** How a small product is computed: the tile, and whether b must be packed first because its rows are not dense. */
export interface DirectPlan {
  readonly rows: number;
  readonly vectors: number;
  readonly packs: boolean;
}

/** Inner dimensions up to this many steps are fully unrolled; longer ones are loops unrolled by four. */
const WRITTEN_OUT = 8;
const UNROLL = 4;
/** Longer sums are computed in blocks, as in packed products. */
const LONGEST = 512;

/** Emits one product with its sizes and strides as constants: no packing of a, no calls for the edges. */
export function printDirect(
  f: FunctionBuilder,
  {
    product,
    direct,
    packed,
    epilogue,
  }: {
    readonly product: StridedProduct;
    readonly direct: DirectPlan;
    readonly packed: PackedProducts;
    readonly epilogue?: { readonly printer: EpiloguePrinter; readonly keepsProduct: boolean } | undefined;
  },
  offsets: readonly (Local<"i32"> | undefined)[],
): void {
  const { m, n, k, a, c } = product;
  const width = f.width * direct.vectors;
  const [offsetA, offsetB, offsetC] = offsets;
  const start = (offset: Local<"i32"> | undefined): I32 => (offset === undefined ? f.i32(0) : f.get(offset));
  let b = product.b;
  let panel = width * f.bytes;
  let from = offsetB;
  if (direct.packs) {
    const source = f.keep("i32", f.op("i32.add", start(offsetB), f.i32(b.address)));
    const strides = [f.i32(packed.scratch.b), f.get(source), f.i32(b.column * f.bytes), f.i32(b.row * f.bytes)];
    f.call(packed.packing(width), ...strides, f.i32(n), f.i32(k));
    b = { address: packed.scratch.b, row: width, column: 1 };
    panel = k * width * f.bytes;
    from = undefined;
  }
  const pointers = { a: f.local("i32"), b: f.keep("i32", start(from)), c: f.local("i32") };
  const column = f.keep("i32", start(offsetC));
  const operands = { a, b, c };
  eachTile(f, n, width, (columns) => {
    f.set(pointers.a, start(offsetA));
    f.set(pointers.c, f.get(column));
    epilogue?.printer.begin();
    eachTile(f, m, direct.rows, (rows) => {
      const tile = new DirectTile(f, { operands, pointers, rows, columns, depth: k });
      tile.sum();
      if (epilogue?.keepsProduct !== false) tile.store();
      epilogue?.printer.tile(tile.sums());
      epilogue?.printer.down(rows);
      f.increase(pointers.a, rows * a.row * f.bytes);
      f.increase(pointers.c, rows * c.row * f.bytes);
    });
    epilogue?.printer.right(columns);
    f.increase(pointers.b, panel);
    f.increase(column, columns * c.column * f.bytes);
  });
}

/** A loop over whole tiles, and the rest once. */
function eachTile(f: FunctionBuilder, size: number, step: number, body: (length: number) => void): void {
  const times = Math.floor(size / step);
  if (times > 1) f.repeat(f.local("i32"), times, () => body(step));
  else if (times === 1) body(step);
  if (size % step > 0) body(size % step);
}

interface TileOptions {
  readonly operands: Pick<StridedProduct, "a" | "b" | "c">;
  readonly pointers: { readonly a: Local<"i32">; readonly b: Local<"i32">; readonly c: Local<"i32"> };
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** One tile of the result, summed in registers. */
class DirectTile {
  readonly #f: FunctionBuilder;
  readonly #options: TileOptions;
  readonly #sums: readonly (readonly Local<"v128">[])[];
  readonly #right: readonly Local<"v128">[];
  readonly #left: Local<"v128">;

  constructor(f: FunctionBuilder, options: TileOptions) {
    this.#f = f;
    this.#options = options;
    const vectors = Math.ceil(options.columns / f.width);
    const row = () => Array.from({ length: vectors }, () => f.local("v128"));
    this.#sums = Array.from({ length: options.rows }, row);
    this.#right = row();
    this.#left = f.local("v128");
  }

  /** Computes the sums. */
  sum(): void {
    const f = this.#f;
    const { depth, pointers } = this.#options;
    this.#clear();
    if (depth <= WRITTEN_OUT) {
      this.#steps(pointers, depth);
    } else {
      const moving = { a: f.keep("i32", f.get(pointers.a)), b: f.keep("i32", f.get(pointers.b)) };
      this.#sumBlocks(moving, Math.floor(depth / UNROLL));
      this.#steps(moving, depth % UNROLL);
    }
  }

  /** The sums with their positions in the tile. */
  sums(): readonly SumVector[] {
    const { columns } = this.#options;
    const { width } = this.#f;
    return this.#sums.flatMap((vectors, row) =>
      vectors.map((sum, v) => ({ sum, row, column: width * v, lanes: Math.min(width, columns - width * v) })),
    );
  }

  /** A loop unrolled by four steps; long sums are accumulated in totals. */
  #sumBlocks(moving: { readonly a: Local<"i32">; readonly b: Local<"i32"> }, turns: number): void {
    const f = this.#f;
    const { a, b } = this.#options.operands;
    const loop = (times: number) =>
      f.repeat(f.local("i32"), times, () => {
        this.#steps(moving, UNROLL);
        f.increase(moving.a, UNROLL * a.column * f.bytes);
        f.increase(moving.b, UNROLL * b.row * f.bytes);
      });
    const most = LONGEST / UNROLL;
    if (turns <= most) {
      loop(turns);
      return;
    }
    const blocks = Math.ceil(turns / most);
    const length = Math.floor(turns / blocks);
    const totals = this.#sums.map((row) => row.map(() => f.keep("v128", f.zero())));
    const add = () => {
      totals.forEach((row, r) => {
        row.forEach((total, v) => {
          const sum = this.#sums[r]?.[v];
          if (sum !== undefined) f.set(total, f.op(`${f.names.type}.add`, f.get(total), f.get(sum)));
        });
      });
    };
    f.repeat(f.local("i32"), blocks, () => {
      loop(length);
      add();
      this.#clear();
    });
    if (turns % length > 0 && turns - blocks * length > 0) loop(turns - blocks * length);
    add();
    this.#sums.forEach((row, r) => {
      row.forEach((sum, v) => {
        f.set(sum, f.get(totals[r]?.[v] ?? sum));
      });
    });
  }

  #clear(): void {
    for (const row of this.#sums) for (const sum of row) this.#f.set(sum, this.#f.zero());
  }

  #steps(from: { readonly a: Local<"i32">; readonly b: Local<"i32"> }, count: number): void {
    const f = this.#f;
    const { a, b } = this.#options.operands;
    for (let u = 0; u < count; u++) {
      this.#right.forEach((local, v) => {
        f.set(local, f.load("v128.load", f.get(from.b), b.address + (u * b.row + f.width * v) * f.bytes));
      });
      this.#sums.forEach((row, r) => {
        f.set(this.#left, f.load(f.names.loadSplat, f.get(from.a), a.address + (u * a.column + r * a.row) * f.bytes));
        row.forEach((sum, v) => {
          const factor = this.#right[v] ?? this.#left;
          f.set(
            sum,
            f.multiplyAdd(f.get(this.#left), f.get(factor), () => f.get(sum)),
          );
        });
      });
    }
  }

  /** Stores the sums into the result matrix. */
  store(): void {
    const f = this.#f;
    const { columns, pointers, operands } = this.#options;
    const { c } = operands;
    this.#sums.forEach((row, r) => {
      row.forEach((sum, v) => {
        const lanes = Math.min(f.width, columns - f.width * v);
        const offset = (lane: number) => c.address + (r * c.row + (f.width * v + lane) * c.column) * f.bytes;
        const store = (name: "v128.store32_lane" | "v128.store64_lane", lane: number, first: number) =>
          f.storeLane(name, f.get(pointers.c), f.get(sum), { lane, offset: offset(first) });
        if (c.column !== 1) {
          for (let lane = 0; lane < lanes; lane++) store(f.names.storeLane, lane, lane);
        } else if (lanes === f.width) {
          f.store("v128.store", f.get(pointers.c), f.get(sum), offset(0));
        } else {
          if (lanes >= 2 && f.width > 2) store("v128.store64_lane", 0, 0);
          if (lanes % 2 === 1) store(f.names.storeLane, lanes - 1, lanes - 1);
        }
      });
    });
  }
}
