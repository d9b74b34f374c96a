import { known } from "../../base/error.ts";
import { FunctionBuilder } from "./assembler.ts";
import { type CompiledModule, host } from "./host.ts";
import { addMicrokernel } from "./microkernel.ts";
import { ModuleBuilder } from "./module.ts";
import { VECTOR_BINARY, VECTOR_SHIFT, VECTOR_TERNARY, VECTOR_UNARY } from "./opcodes.ts";
import type { Revectorizer } from "./revectorizer.ts";
import type { Callable, I32, Instruction, Local, V128 } from "./tokens.ts";

/** What lies where in the trial's page of memory: operands, two panels, a tile, and the results of the operations. */
const PLACES = { operands: 0, a: 1024, b: 4096, c: 16384, sums: 24576, results: 32768 } as const;
const TILE = { rows: 5, columns: 16, transposed: false } as const;
const DEPTH = 37;
/** The parameters of the product: its depth, where its operands lie, and the part of the tile that counts. */
const SIZES = [DEPTH, PLACES.a, PLACES.b, PLACES.c, TILE.columns * 4, TILE.rows, TILE.columns] as const;
/** Vectors and numbers of the sums. */
const [COLUMNS, ROWS] = [14, 4];
/** The instructions, and how many operands they take; a shift takes a vector and a number. */
const TABLES = [
  [VECTOR_UNARY, 1],
  [VECTOR_BINARY, 2],
  [VECTOR_SHIFT, "shift"],
  [VECTOR_TERNARY, 3],
] as const;

/** Whether what the pass makes of every vector instruction, of sums and of a product has the bits that it has on 128 bits. */
export function hasEqualBits(revectorizer: Pick<Revectorizer, "compile">, fused: boolean): boolean {
  try {
    return [instructions, product].every((print) => {
      const joined = revectorizer.compile(print(fused, true), { joins: true });
      if (joined === undefined) return false;
      const expected = run(new host.Module(print(fused, false)));
      return run(joined).every((word, i) => word === expected[i]);
    });
  } catch {
    return false;
  }
}

/** The product; equal bytes would be compiled once, so the two modules say which they are. */
function product(fused: boolean, revectorized: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.export("product", addMicrokernel(module, TILE, { fused, wide: false }));
  return module.encode({ revectorized });
}

/** Every instruction, on operands that are used again, and sums. */
function instructions(fused: boolean, revectorized: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  let target: number = PLACES.results;
  for (const [table, operands] of TABLES) {
    // Functions of their own, since hosts optimize several at once.
    const f = new FunctionBuilder({ fused });
    const at = f.parameter("i32");
    for (const name of Object.keys(table) as Instruction[]) {
      if (name.endsWith("relaxed_madd") && !fused) continue;
      addTwice(f, { at, name, operands, target });
      target += 32;
    }
    module.export(`instructions of ${operands}`, module.add(f));
  }
  module.export("sums", addSums(module, fused));
  return module.encode({ revectorized });
}

interface Place {
  readonly at: Local<"i32">;
  readonly name: Instruction;
  readonly operands: (typeof TABLES)[number][1];
  readonly target: number;
}

/** An instruction on two neighboring vectors. */
function addTwice(f: FunctionBuilder, { at, name, operands, target }: Place): void {
  const apply = f.op.bind(f) as (name: Instruction, ...operands: readonly (V128 | I32)[]) => V128;
  const results = [0, 16].map((half) => {
    const vectors = [0, 1, 2].map((index) =>
      f.keep("v128", f.load("v128.load", f.get(at), PLACES.operands + 32 * index + half)),
    );
    const get = (index: number): V128 => f.get(known(vectors[index], "operand"));
    const given = operands === "shift" ? [get(0), f.i32(3)] : vectors.slice(0, operands).map((vector) => f.get(vector));
    const result = apply(name, ...given);
    return f.keep("v128", f.op("v128.xor", f.op("v128.xor", result, get(0)), get(1)));
  });
  results.forEach((result, i) => {
    f.store("v128.store", f.get(at), f.get(result), target + 16 * i);
  });
}

/** Sums in a loop, of more vectors than the host has registers. V8 13.6 loses halves of them where it unrolls the loop. */
function addSums(module: ModuleBuilder, fused: boolean): Callable<undefined> {
  const f = new FunctionBuilder({ fused });
  const at = f.parameter("i32");
  const vectors = Array.from({ length: COLUMNS }, (_, i) =>
    f.keep("v128", f.load("v128.load", f.get(at), PLACES.a + 16 * i)),
  );
  const masks = vectors.map((vector, i) =>
    f.keep("v128", f.op("f32x4.lt", f.get(vector), f.load("v128.load", f.get(at), PLACES.b + 16 * i))),
  );
  const sums = vectors.map(() => f.keep("v128", f.splat(0)));
  const row = f.keep("i32", f.get(at));
  f.repeat(f.local("i32"), ROWS, () => {
    const x = f.keep("v128", f.load("v128.load32_splat", f.get(row), PLACES.c));
    sums.forEach((sum, i) => {
      const [vector, mask] = [known(vectors[i], "vector"), known(masks[i], "mask")];
      const chosen = f.op("v128.bitselect", f.get(x), f.get(vector), f.get(mask));
      f.set(sum, f.op("f32x4.add", chosen, f.get(sum)));
    });
    f.increase(row, 4);
  });
  sums.forEach((sum, i) => {
    f.store("v128.store", f.get(at), f.get(sum), PLACES.sums + 16 * i);
  });
  return module.add(f);
}

/** A page of numbers, of which none is NaN, whose bits nobody promises. */
function pageOfNumbers() {
  const memory = new host.Memory({ initial: 1 });
  const numbers = new Float32Array(memory.buffer);
  for (let i = 0; i < PLACES.c / 4; i++) numbers[i] = (((i * 7919) % 1009) - 504) / 61;
  return memory;
}

/** All words of the memory after every export of a module has run. */
function run(module: CompiledModule): Int32Array {
  const memory = pageOfNumbers();
  const { product: multiply, ...others } = new host.Instance(module, { nabla: { memory } }).exports;
  for (const call of Object.values(others)) call?.(0);
  for (const accumulate of [0, 1]) multiply?.(...SIZES, accumulate);
  return new Int32Array(memory.buffer);
}
