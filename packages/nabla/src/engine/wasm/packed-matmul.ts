import { FunctionBuilder } from "./assembler.ts";
import { addMicrokernel, type Tile } from "./microkernel.ts";
import { type ModuleBuilder, SCRATCH } from "./module.ts";
import { addPacking } from "./packing.ts";
import type { Callable, I32, Local } from "./tokens.ts";

/** A product with any strides, in elements; `c` has one row or column stride of 1, as the tile says. */
export interface StridedProduct {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: StridedMatrix;
  readonly b: StridedMatrix;
  readonly c: StridedMatrix;
}

/** A matrix: byte address, and strides in elements. For a and b `row` and `column` are those of the matrix itself. */
export interface StridedMatrix {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** How much of a product is packed at a time. */
export interface Blocks {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Some rows (m) or columns (n) of a product: how many. */
export interface ProductPart {
  readonly side: "m" | "n";
  readonly size: Local<"i32">;
}

/** Most of each dimension in a block: a panel of b stays in the first cache, a block of a in the second. */
const MOST = { m: 120, n: 480, k: 384 } as const;

/** Splits a product into blocks of nearly equal size. */
export function chooseBlocks(product: StridedProduct, tile: Tile): Blocks {
  const even = (size: number, most: number, unit: number) => {
    const parts = Math.ceil(size / most);
    return Math.ceil(size / parts / unit) * unit;
  };
  return {
    m: even(product.m, MOST.m, tile.rows),
    n: even(product.n, MOST.n, tile.columns),
    k: even(product.k, MOST.k, 4),
  };
}

/** The bytes of scratch that a product with these blocks needs: those of a, and those of b. */
export function scratchOf(blocks: Blocks, elementBytes: number): { readonly a: number; readonly b: number } {
  const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
  return { a: align(blocks.m * blocks.k * elementBytes), b: align(blocks.n * blocks.k * elementBytes) };
}

/** The bytes of a whole right factor in panels. */
export function panelBytes(product: StridedProduct, tile: Tile, elementBytes: number): number {
  const { n, k } = product;
  const block = chooseBlocks(product, tile).n;
  return Math.ceil((Math.ceil(n / block) * block * k * elementBytes) / 64) * 64;
}

/** Products by packed panels, after K. Goto and R. van de Geijn: Anatomy of High-Performance Matrix Multiplication. */
export class PackedProducts {
  readonly #module: ModuleBuilder;
  readonly #options: { readonly fused: boolean; readonly wide: boolean };
  readonly #scratch: { readonly a: number; readonly b: number };
  readonly #isShared: boolean;
  readonly #packings = new Map<number, Callable>();
  readonly #drivers = new Map<string, Callable>();
  readonly #microkernels = new Map<string, Callable>();
  readonly #wholePackings = new Map<number, Callable>();

  /** `scratch`: the addresses of the packed blocks; those of a thread lie `nabla.scratch` bytes further where it `isShared`. */
  constructor(
    module: ModuleBuilder,
    options: {
      readonly fused: boolean;
      readonly wide: boolean;
      readonly scratch: { readonly a: number; readonly b: number };
      readonly isShared?: boolean;
    },
  ) {
    this.#module = module;
    this.#options = options;
    this.#scratch = options.scratch;
    this.#isShared = options.isShared ?? false;
  }

  /** The function that packs panels of a width. */
  packing(width: number): Callable {
    let packing = this.#packings.get(width);
    if (packing === undefined) {
      packing = addPacking(this.#module, width, this.#options.wide);
      this.#packings.set(width, packing);
    }
    return packing;
  }

  get scratch(): { readonly a: number; readonly b: number } {
    return this.#scratch;
  }

  /**
   * Emits the call for one product; `offsets` are byte offsets of a, b and c beyond their addresses, `part` the rows or
   * columns to compute. A number's sum is the same in every part, for only `k` decides how it is blocked.
   */
  print(
    f: FunctionBuilder,
    {
      product,
      tile,
      part,
      accumulate,
      panels,
    }: {
      readonly product: StridedProduct;
      readonly tile: Tile;
      readonly part?: ProductPart;
      /** Not zero: the product is added to what is in c. */
      readonly accumulate?: Local<"i32"> | undefined;
      /** Where `pack` has put b. By default b is packed block by block. */
      readonly panels?: number | undefined;
    },
    offsets: readonly (Local<"i32"> | undefined)[],
  ): void {
    const blocks = chooseBlocks(product, tile);
    const { m, n, k, a, b, c } = product;
    const at = (operand: StridedMatrix, offset: Local<"i32"> | undefined): I32 => shifted(f, operand.address, offset);
    const [offsetA, offsetB, offsetC] = offsets;
    const side = (name: "m" | "n", size: number): I32 => (part?.side === name ? f.get(part.size) : f.i32(size));
    f.call(
      this.#driver(tile, panels !== undefined),
      ...[side("m", m), side("n", n), f.i32(k)],
      ...[at(a, offsetA), f.i32(a.row * f.bytes), f.i32(a.column * f.bytes)],
      ...[at(b, offsetB), f.i32(b.row * f.bytes), f.i32(b.column * f.bytes)],
      ...[at(c, offsetC), f.i32((tile.transposed ? c.column : c.row) * f.bytes)],
      ...[f.i32(blocks.m), f.i32(blocks.n), f.i32(blocks.k)],
      accumulate === undefined ? f.i32(0) : f.get(accumulate),
      ...(panels === undefined ? [] : [this.#own(f, panels)]),
    );
  }

  /** Emits the packing of all of b to an address of the scratch, for products whose b stays the same. */
  pack(
    f: FunctionBuilder,
    { product, tile }: { readonly product: StridedProduct; readonly tile: Tile },
    { panels, offset }: { readonly panels: number; readonly offset?: Local<"i32"> | undefined },
  ): void {
    const blocks = chooseBlocks(product, tile);
    const { n, k, b } = product;
    f.call(
      this.#wholePacking(tile.columns),
      ...[this.#own(f, panels), f.i32(n), f.i32(k), f.i32(blocks.n), f.i32(blocks.k)],
      ...[shifted(f, b.address, offset), f.i32(b.row * f.bytes), f.i32(b.column * f.bytes)],
    );
  }

  #own(f: FunctionBuilder, address: number): I32 {
    return this.#isShared ? f.op("i32.add", f.global(SCRATCH), f.i32(address)) : f.i32(address);
  }

  /** The function that packs all blocks of a right factor one after the other, in the order in which products read them. */
  #wholePacking(width: number): Callable {
    const found = this.#wholePackings.get(width);
    if (found !== undefined) return found;
    const pack = this.packing(width);
    const f = new FunctionBuilder(this.#options);
    const parameter = () => f.parameter("i32");
    const [target, n, k, nBlock, kBlock] = [parameter(), parameter(), parameter(), parameter(), parameter()] as const;
    const [b, bRow, bColumn] = [parameter(), parameter(), parameter()] as const;
    const times = (x: Local<"i32">, y: Local<"i32">): I32 => f.op("i32.mul", f.get(x), f.get(y));
    eachBlock(f, n, nBlock, (j, columns) => {
      eachBlock(f, k, kBlock, (p, depth) => {
        const from = f.op("i32.add", f.op("i32.add", times(p, bRow), times(j, bColumn)), f.get(b));
        const source = f.keep("i32", from);
        const to = f.keep("i32", blockOfPanels(f, { panels: target, nBlock, k, j, p }));
        f.call(pack, f.get(to), f.get(source), f.get(bColumn), f.get(bRow), f.get(columns), f.get(depth));
      });
    });
    const added = this.#module.add(f);
    this.#wholePackings.set(width, added);
    return added;
  }

  /** The function that runs blocks and panels for all products with the same tile. */
  #driver(tile: Tile, isPacked: boolean): Callable {
    const key = `${tile.rows} ${tile.columns} ${tile.transposed} ${isPacked}`;
    const known = this.#drivers.get(key);
    if (known !== undefined) return known;
    const kernel = this.#microkernel(tile);
    const packA = this.packing(tile.rows);
    const packB = this.packing(tile.columns);
    const f = new FunctionBuilder(this.#options);
    const driver = this.#module.add(this.#declare(f, { tile, kernel, packA, packB, isPacked }));
    this.#drivers.set(key, driver);
    return driver;
  }

  /** The innermost function, which drivers of one tile share. */
  #microkernel(tile: Tile): Callable {
    const key = `${tile.rows} ${tile.columns} ${tile.transposed}`;
    const made = this.#microkernels.get(key) ?? addMicrokernel(this.#module, tile, this.#options);
    this.#microkernels.set(key, made);
    return made;
  }

  #declare(
    f: FunctionBuilder,
    {
      tile,
      kernel,
      packA,
      packB,
      isPacked,
    }: { tile: Tile; kernel: Callable; packA: Callable; packB: Callable; isPacked: boolean },
  ): FunctionBuilder {
    const parameter = () => f.parameter("i32");
    const [m, n, k] = [parameter(), parameter(), parameter()] as const;
    const [a, aRow, aColumn] = [parameter(), parameter(), parameter()] as const;
    const [b, bRow, bColumn] = [parameter(), parameter(), parameter()] as const;
    const [c, stride] = [parameter(), parameter()] as const;
    const [mBlock, nBlock, kBlock] = [parameter(), parameter(), parameter()] as const;
    const accumulate = parameter();
    const panels = isPacked ? parameter() : undefined;
    const scratchA = f.keep("i32", this.#own(f, this.#scratch.a));
    const scratchB = panels === undefined ? f.keep("i32", this.#own(f, this.#scratch.b)) : f.local("i32");
    const times = (x: Local<"i32">, y: Local<"i32">): I32 => f.op("i32.mul", f.get(x), f.get(y));
    const panel = (base: Local<"i32">, index: Local<"i32">, depth: Local<"i32">): I32 =>
      f.op("i32.add", f.op("i32.mul", times(index, depth), f.i32(f.bytes)), f.get(base));
    const place = (row: Local<"i32">, column: Local<"i32">): I32 => {
      const strided = tile.transposed ? times(column, stride) : times(row, stride);
      const dense = f.op("i32.mul", f.get(tile.transposed ? row : column), f.i32(f.bytes));
      return f.op("i32.add", f.op("i32.add", strided, dense), f.get(c));
    };
    const start = (operand: Local<"i32">, first: I32, second: I32): I32 =>
      f.op("i32.add", f.op("i32.add", first, second), f.get(operand));
    eachBlock(f, n, nBlock, (j, columns) => {
      eachBlock(f, k, kBlock, (p, depth) => {
        if (panels === undefined) {
          const fromB = start(b, times(p, bRow), times(j, bColumn));
          const sourceB = f.keep("i32", fromB);
          f.call(packB, f.get(scratchB), f.get(sourceB), f.get(bColumn), f.get(bRow), f.get(columns), f.get(depth));
        } else f.set(scratchB, blockOfPanels(f, { panels, nBlock, k, j, p }));
        eachBlock(f, m, mBlock, (i, rows) => {
          const sourceA = f.keep("i32", start(a, times(i, aRow), times(p, aColumn)));
          f.call(packA, f.get(scratchA), f.get(sourceA), f.get(aRow), f.get(aColumn), f.get(rows), f.get(depth));
          eachPanel(f, columns, tile.columns, (jr) => {
            eachPanel(f, rows, tile.rows, (ir) => {
              const row = f.keep("i32", f.op("i32.add", f.get(i), f.get(ir)));
              const column = f.keep("i32", f.op("i32.add", f.get(j), f.get(jr)));
              f.call(
                kernel,
                ...[f.get(depth), panel(scratchA, ir, depth), panel(scratchB, jr, depth)],
                ...[place(row, column), f.get(stride)],
                f.op("i32.sub", f.get(rows), f.get(ir)),
                f.op("i32.sub", f.get(columns), f.get(jr)),
                f.op("i32.or", f.get(p), f.get(accumulate)),
              );
            });
          });
        });
      });
    });
    return f;
  }
}

function shifted(f: FunctionBuilder, address: number, offset: Local<"i32"> | undefined): I32 {
  return offset === undefined ? f.i32(address) : f.op("i32.add", f.i32(address), f.get(offset));
}

/** Where the panels of a block of b begin when all of b is packed: column `j`, step `p`. */
function blockOfPanels(
  f: FunctionBuilder,
  {
    panels,
    nBlock,
    k,
    j,
    p,
  }: {
    readonly panels: Local<"i32">;
    readonly nBlock: Local<"i32">;
    readonly k: Local<"i32">;
    readonly j: Local<"i32">;
    readonly p: Local<"i32">;
  },
): I32 {
  const times = (x: Local<"i32">, y: Local<"i32">): I32 => f.op("i32.mul", f.get(x), f.get(y));
  const numbers = f.op("i32.add", times(j, k), times(p, nBlock));
  return f.op("i32.add", f.op("i32.mul", numbers, f.i32(f.bytes)), f.get(panels));
}

/** Runs `body` with the start and the length of every block. */
function eachBlock(
  f: FunctionBuilder,
  size: Local<"i32">,
  block: Local<"i32">,
  body: (start: Local<"i32">, length: Local<"i32">) => void,
): void {
  const start = f.keep("i32", f.i32(0));
  const length = f.local("i32");
  f.loop((again) => {
    const rest = f.keep("i32", f.op("i32.sub", f.get(size), f.get(start)));
    f.set(length, f.select(f.get(rest), f.get(block), f.op("i32.lt_u", f.get(rest), f.get(block))));
    body(start, length);
    f.set(start, f.op("i32.add", f.get(start), f.get(block)));
    f.branchIf(again, f.op("i32.lt_u", f.get(start), f.get(size)));
  });
}

/** Runs `body` with the start of every panel of a block. */
function eachPanel(f: FunctionBuilder, size: Local<"i32">, width: number, body: (start: Local<"i32">) => void): void {
  const start = f.keep("i32", f.i32(0));
  f.loop((again) => {
    body(start);
    f.increase(start, width);
    f.branchIf(again, f.op("i32.lt_u", f.get(start), f.get(size)));
  });
}
