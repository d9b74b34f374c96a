import { FunctionBuilder } from "./assembler.ts";
import type { ModuleBuilder } from "./module.ts";
import type { Callable, Local } from "./tokens.ts";

/** The two steps of a 4 x 4 transposition. */
const LOW = [0, 4, 1, 5] as const;
const HIGH = [2, 6, 3, 7] as const;
const FIRST_HALVES = [0, 1, 4, 5] as const;
const SECOND_HALVES = [2, 3, 6, 7] as const;

/**
 * Adds a function that copies part of a matrix into panels of `width` numbers a step:
 * (target, source, bytes between neighbors in a panel, bytes between steps, how many neighbors, how many steps).
 * Where fewer than `width` neighbors are left, the rest of the panel is any number that can be read: those products
 * go to places of the result that are not stored.
 */
export function addPacking(module: ModuleBuilder, width: number, wide: boolean): Callable {
  const f = new FunctionBuilder({ wide });
  const parameter = () => f.parameter("i32");
  const [target, source, across] = [parameter(), parameter(), parameter()] as const;
  const [along, count, steps] = [parameter(), parameter(), parameter()] as const;
  const callable = module.add(f);
  const left = f.local("i32");
  const panel = { width, target, source: f.local("i32"), left };
  f.loop((next) => {
    f.set(left, f.get(steps));
    f.set(panel.source, f.get(source));
    f.if(
      f.op("i32.eq", f.get(across), f.i32(f.bytes)),
      () => copyPanel(f, panel, along),
      () => {
        const rows = rowPointers(f, { width, source, across, count });
        f.if(f.op("i32.eq", f.get(along), f.i32(f.bytes)), () =>
          (wide ? transposeDoubles : transposePanel)(f, panel, rows),
        );
        collectPanel(f, panel, { rows, along });
      },
    );
    f.set(source, f.op("i32.add", f.get(source), f.op("i32.mul", f.get(across), f.i32(width))));
    f.set(count, f.op("i32.sub", f.get(count), f.i32(width)));
    f.branchIf(next, f.op("i32.gt_s", f.get(count), f.i32(0)));
  });
  return callable;
}

interface Panel {
  readonly width: number;
  readonly target: Local<"i32">;
  readonly source: Local<"i32">;
  /** Steps still to copy. */
  readonly left: Local<"i32">;
}

function whileLeft(f: FunctionBuilder, { left, target, width }: Panel, steps: number, body: () => void): void {
  f.block((done) => {
    f.loop((again) => {
      f.branchIf(done, f.op("i32.lt_s", f.get(left), f.i32(steps)));
      body();
      f.increase(target, steps * width * f.bytes);
      f.increase(left, -steps);
      f.branch(again);
    });
  });
}

/** Contiguous neighbors: whole vectors are copied. */
function copyPanel(f: FunctionBuilder, panel: Panel, along: Local<"i32">): void {
  whileLeft(f, panel, 1, () => {
    let column = 0;
    for (; column + f.width <= panel.width; column += f.width) {
      f.store(
        "v128.store",
        f.get(panel.target),
        f.load("v128.load", f.get(panel.source), column * f.bytes),
        column * f.bytes,
      );
    }
    for (; column < panel.width; column += 2) {
      const isPair = f.width === 2 || column + 2 <= panel.width;
      const offset = column * f.bytes;
      const vector = f.keep("v128", f.load("v128.load64_zero", f.get(panel.source), offset));
      const name = isPair ? "v128.store64_lane" : "v128.store32_lane";
      f.storeLane(name, f.get(panel.target), f.get(vector), { lane: 0, offset });
    }
    f.set(panel.source, f.op("i32.add", f.get(panel.source), f.get(along)));
  });
}

/** A pointer for each neighbor; pointers beyond the last neighbor point to it. */
function rowPointers(
  f: FunctionBuilder,
  { width, source, across, count }: { width: number; source: Local<"i32">; across: Local<"i32">; count: Local<"i32"> },
): readonly Local<"i32">[] {
  const rows = [f.keep("i32", f.get(source))];
  for (let r = 1; r < width; r++) {
    const step = f.select(f.get(across), f.i32(0), f.op("i32.gt_s", f.get(count), f.i32(r)));
    const before = rows[r - 1] ?? source;
    rows.push(f.keep("i32", f.op("i32.add", step, f.get(before))));
  }
  return rows;
}

/** Contiguous steps: blocks of four by four are transposed in registers. */
function transposePanel(f: FunctionBuilder, panel: Panel, rows: readonly Local<"i32">[]): void {
  const { target, width } = panel;
  const shuffled = (x: Local<"v128">, y: Local<"v128">, order: readonly [number, number, number, number]) =>
    f.keep("v128", f.shuffle(f.get(x), f.get(y), order));
  whileLeft(f, panel, 4, () => {
    let r = 0;
    for (; r + 2 <= width; r += r + 4 <= width ? 4 : 2) {
      const isFour = r + 4 <= width;
      const lines = rows.slice(r, r + (isFour ? 4 : 2)).map((row) => f.keep("v128", f.load("v128.load", f.get(row))));
      const [first, second, third, fourth] = lines;
      if (first === undefined || second === undefined) return;
      const [low, high] = [shuffled(first, second, LOW), shuffled(first, second, HIGH)] as const;
      if (third !== undefined && fourth !== undefined) {
        const [lowest, highest] = [shuffled(third, fourth, LOW), shuffled(third, fourth, HIGH)] as const;
        const turned = [
          shuffled(low, lowest, FIRST_HALVES),
          shuffled(low, lowest, SECOND_HALVES),
          shuffled(high, highest, FIRST_HALVES),
          shuffled(high, highest, SECOND_HALVES),
        ];
        turned.forEach((vector, step) => {
          f.store("v128.store", f.get(target), f.get(vector), (step * width + r) * f.bytes);
        });
      } else {
        [low, low, high, high].forEach((vector, step) => {
          const at = { lane: step & 1, offset: (step * width + r) * f.bytes };
          f.storeLane("v128.store64_lane", f.get(target), f.get(vector), at);
        });
      }
    }
    if (r < width) {
      const line = f.keep("v128", f.load("v128.load", f.get(rows[r] ?? target)));
      for (let step = 0; step < 4; step++) {
        const at = { lane: step, offset: (step * width + r) * f.bytes };
        f.storeLane("v128.store32_lane", f.get(target), f.get(line), at);
      }
    }
    for (const row of rows) f.increase(row, 4 * f.bytes);
  });
}

/** The same with elements of 64 bits, two by two. */
function transposeDoubles(f: FunctionBuilder, panel: Panel, rows: readonly Local<"i32">[]): void {
  const { target, width } = panel;
  whileLeft(f, panel, 2, () => {
    for (let r = 0; r < width; r += 2) {
      const [first, second] = rows.slice(r, r + 2).map((row) => f.keep("v128", f.load("v128.load", f.get(row))));
      if (first === undefined) return;
      for (const step of [0, 1]) {
        const offset = (step * width + r) * f.bytes;
        if (second === undefined) f.storeLane("v128.store64_lane", f.get(target), f.get(first), { lane: step, offset });
        else {
          const turned = f.shuffle(f.get(first), f.get(second), step === 0 ? FIRST_HALVES : SECOND_HALVES);
          const kept = f.keep("v128", turned);
          f.store("v128.store", f.get(target), f.get(kept), offset);
        }
      }
    }
    for (const row of rows) f.increase(row, 2 * f.bytes);
  });
}

/** Element by element, for any other strides. */
function collectPanel(
  f: FunctionBuilder,
  panel: Panel,
  { rows, along }: { readonly rows: readonly Local<"i32">[]; readonly along: Local<"i32"> },
): void {
  whileLeft(f, panel, 1, () => {
    rows.forEach((row, r) => {
      f.store(f.names.store, f.get(panel.target), f.load(f.names.load, f.get(row)), r * f.bytes);
      f.set(row, f.op("i32.add", f.get(row), f.get(along)));
    });
  });
}
