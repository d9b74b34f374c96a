import { FunctionBuilder } from "./assembler.ts";
import { type CompiledModule, host } from "./host.ts";
import { addMicrokernel } from "./microkernel.ts";
import { ModuleBuilder } from "./module.ts";
import { VECTOR_BINARY, VECTOR_SHIFT, VECTOR_TERNARY, VECTOR_UNARY } from "./opcodes.ts";
import type { Revectorizer } from "./revectorizer.ts";
import type { I32, Instruction, V128 } from "./tokens.ts";

/** What lies where in the trial's page of memory: operands, two panels, a tile, and the results of the operations. */
const PLACES = { operands: 0, a: 1024, b: 4096, c: 16384, results: 32768 } as const;
const TILE = { rows: 5, columns: 16, transposed: false } as const;
const DEPTH = 37;

/** Whether what the pass makes of every vector instruction and of a product has the bits that it has on 128 bits. */
export function hasEqualBits(revectorizer: Revectorizer, fused: boolean): boolean {
  try {
    const wide = revectorizer.compile(trialModule(fused, true), { joins: true });
    if (wide === undefined) return false;
    const expected = run(new host.Module(trialModule(fused, false)));
    return run(wide).every((word, i) => word === expected[i]);
  } catch {
    return false;
  }
}

/** The module; equal bytes would be compiled once, so the two say which they are. */
function trialModule(fused: boolean, revectorized: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const product = addMicrokernel(module, TILE, { fused, wide: false });
  const f = new FunctionBuilder({ fused });
  const at = f.parameter("i32");
  let target = PLACES.results;
  const each = (compute: (operand: (index: number) => V128) => V128): void => {
    // Once alone, and once where the operands are used again.
    for (const again of [false, true]) {
      const results = [0, 16].map((half) => {
        const operands = [0, 1, 2].map((index) =>
          f.keep("v128", f.load("v128.load", f.get(at), PLACES.operands + 32 * index + half)),
        );
        const get = (index: number): V128 => f.get(operands[index] ?? f.constantLocal(0));
        const result = compute(get);
        return f.keep("v128", again ? f.op("v128.xor", f.op("v128.xor", result, get(0)), get(1)) : result);
      });
      results.forEach((result, i) => {
        f.store("v128.store", f.get(at), f.get(result), target + 16 * i);
      });
      target += 32;
    }
  };
  type Apply = (name: Instruction, ...operands: readonly (V128 | I32)[]) => V128;
  const apply = f.op.bind(f) as Apply;
  for (const name of namesOf(VECTOR_UNARY)) each((load) => apply(name, load(0)));
  for (const name of namesOf(VECTOR_BINARY)) each((load) => apply(name, load(0), load(1)));
  for (const name of namesOf(VECTOR_SHIFT)) each((load) => apply(name, load(0), f.i32(3)));
  for (const name of namesOf(VECTOR_TERNARY)) {
    if (name.endsWith("relaxed_madd") && !fused) continue;
    each((load) => apply(name, load(0), load(1), load(2)));
  }
  module.export("operations", module.add(f));
  module.export("product", product);
  return module.encode({ revectorized });
}

function namesOf<Name extends Instruction>(table: Readonly<Record<Name, number>>): readonly Name[] {
  return Object.keys(table) as Name[];
}

/** All words of the memory afterwards. No operand is NaN, whose bits nobody promises. */
function run(module: CompiledModule): Int32Array {
  const memory = new host.Memory({ initial: 1 });
  const numbers = new Float32Array(memory.buffer);
  for (let i = 0; i < PLACES.c / 4; i++) numbers[i] = (((i * 7919) % 1009) - 504) / 61;
  const { operations, product } = new host.Instance(module, { nabla: { memory } }).exports;
  operations?.(0);
  for (const accumulate of [0, 1])
    product?.(DEPTH, PLACES.a, PLACES.b, PLACES.c, TILE.columns * 4, TILE.rows, TILE.columns, accumulate);
  return new Int32Array(memory.buffer);
}
