import { FunctionBuilder } from "./assembler.ts";
import type { ModuleBuilder } from "./module.ts";
import type { Callable, Local } from "./tokens.ts";

/** A block of the result that is held in registers. Columns are a multiple of four. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** Whether neighboring rows, not columns, of the tile lie next to each other in memory. */
  readonly transposed: boolean;
}

/** Steps along the inner dimension in one turn of the loop. */
const UNROLL = 4;

interface Destination {
  readonly c: Local<"i32">;
  readonly stride: Local<"i32">;
  readonly rows: Local<"i32">;
  readonly columns: Local<"i32">;
  readonly accumulate: Local<"i32">;
}

/**
 * Adds the product of one packed panel of a (tile.rows numbers a step) with one of b (tile.columns numbers a step):
 * (depth, a, b, c, stride of c in bytes, rows and columns that are there, whether to add to what is in c).
 */
export function addMicrokernel(
  module: ModuleBuilder,
  tile: Tile,
  options: { readonly fused: boolean; readonly wide: boolean },
): Callable {
  const f = new FunctionBuilder(options);
  const parameter = () => f.parameter("i32");
  const [depth, a, b, c, stride, rows, columns, accumulate] = [
    parameter(),
    parameter(),
    parameter(),
    parameter(),
    parameter(),
    parameter(),
    parameter(),
    parameter(),
  ] as const;
  const target = module.add(f);
  const vectors = tile.columns / f.width;
  const sums = Array.from({ length: tile.rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
  const right = Array.from({ length: vectors }, () => f.local("v128"));
  const left = f.local("v128");
  const step = (u: number) => {
    right.forEach((local, v) => {
      f.set(local, f.load("v128.load", f.get(b), (u * tile.columns + f.width * v) * f.bytes));
    });
    sums.forEach((row, r) => {
      f.set(left, f.load(f.names.loadSplat, f.get(a), (u * tile.rows + r) * f.bytes));
      row.forEach((sum, v) => {
        const factor = right[v] ?? left;
        f.set(
          sum,
          f.multiplyAdd(f.get(left), f.get(factor), () => f.get(sum)),
        );
      });
    });
  };
  const turn = (steps: number) => {
    for (let u = 0; u < steps; u++) step(u);
    f.increase(a, steps * tile.rows * f.bytes);
    f.increase(b, steps * tile.columns * f.bytes);
  };
  const times = f.keep("i32", f.op("i32.shr_u", f.get(depth), f.i32(Math.log2(UNROLL))));
  const countDown = (counter: Local<"i32">, steps: number) => {
    f.if(f.get(counter), () => {
      f.loop((again) => {
        turn(steps);
        f.branchIf(again, f.tee(counter, f.op("i32.sub", f.get(counter), f.i32(1))));
      });
    });
  };
  countDown(times, UNROLL);
  f.set(depth, f.op("i32.and", f.get(depth), f.i32(UNROLL - 1)));
  countDown(depth, 1);
  const destination = { c, stride, rows, columns, accumulate };
  if (tile.transposed) storeColumns(f, sums, destination);
  else storeRows(f, sums, destination);
  return target;
}

/** Each row of sums goes to a row of c. */
function storeRows(f: FunctionBuilder, sums: readonly (readonly Local<"v128">[])[], to: Destination): void {
  const at = f.keep("i32", f.get(to.c));
  f.block((done) => {
    sums.forEach((row, r) => {
      if (r > 0) f.branchIf(done, f.op("i32.le_s", f.get(to.rows), f.i32(r)));
      f.if(f.get(to.accumulate), () => {
        row.forEach((sum, v) => {
          f.set(sum, f.op(`${f.names.type}.add`, f.load("v128.load", f.get(at), 16 * v), f.get(sum)));
        });
      });
      f.if(
        f.op("i32.ge_s", f.get(to.columns), f.i32(row.length * f.width)),
        () => {
          row.forEach((sum, v) => {
            f.store("v128.store", f.get(at), f.get(sum), 16 * v);
          });
        },
        () => storePart(f, row, { at: f.keep("i32", f.get(at)), columns: to.columns }),
      );
      f.set(at, f.op("i32.add", f.get(at), f.get(to.stride)));
    });
  });
}

/** Stores the first `columns` numbers of a row of vectors, by the bits of that count. */
function storePart(
  f: FunctionBuilder,
  row: readonly Local<"v128">[],
  { at, columns }: { readonly at: Local<"i32">; readonly columns: Local<"i32"> },
): void {
  const rest = row.map((sum) => f.keep("v128", f.get(sum)));
  const has = (count: number, body: () => void) => {
    f.if(f.op("i32.and", f.get(columns), f.i32(count)), body);
  };
  const [first] = rest;
  if (first === undefined) return;
  for (let vectors = 2 ** Math.floor(Math.log2(row.length - 0.5)); vectors >= 1; vectors /= 2) {
    has(vectors * f.width, () => {
      rest.slice(0, vectors).forEach((vector, v) => {
        f.store("v128.store", f.get(at), f.get(vector), 16 * v);
      });
      rest.slice(vectors).forEach((vector, v) => {
        f.set(rest[v] ?? first, f.get(vector));
      });
      f.increase(at, vectors * 16);
    });
  }
  if (f.width > 2) {
    has(2, () => {
      f.storeLane("v128.store64_lane", f.get(at), f.get(first), { lane: 0 });
      f.set(first, f.shuffle(f.get(first), f.get(first), [2, 3, 2, 3]));
      f.increase(at, 8);
    });
  }
  has(1, () => f.storeLane(f.names.storeLane, f.get(at), f.get(first), { lane: 0 }));
}

/** Each column of sums goes to a row of c, number by number. */
function storeColumns(f: FunctionBuilder, sums: readonly (readonly Local<"v128">[])[], to: Destination): void {
  const at = f.keep("i32", f.get(to.c));
  const value = f.local("v128");
  const columns = (sums[0]?.length ?? 0) * f.width;
  f.block((done) => {
    for (let column = 0; column < columns; column++) {
      if (column > 0) f.branchIf(done, f.op("i32.le_s", f.get(to.columns), f.i32(column)));
      f.block((next) => {
        sums.forEach((row, r) => {
          const sum = row[Math.floor(column / f.width)];
          if (sum === undefined) return;
          if (r > 0) f.branchIf(next, f.op("i32.le_s", f.get(to.rows), f.i32(r)));
          const offset = r * f.bytes;
          f.set(value, f.get(sum));
          f.if(f.get(to.accumulate), () => {
            f.set(value, f.op(`${f.names.type}.add`, f.load(f.names.loadSplat, f.get(at), offset), f.get(value)));
          });
          f.storeLane(f.names.storeLane, f.get(at), f.get(value), { lane: column % f.width, offset });
        });
      });
      f.set(at, f.op("i32.add", f.get(at), f.get(to.stride)));
    }
  });
}
