import type { DType } from "../../array/dtype.ts";
import type { Buffer, LoopKernel } from "../loop.ts";
import { Accumulators, identityOf } from "./accumulators.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { type Access, LoopOffsets } from "./loop-offsets.ts";
import type { LaneFunctions } from "./mathematics.ts";
import { arrange, type Nest, type Node, type Target } from "./nest.ts";
import { applyOperation, type LaneOperand, literalOf } from "./scalar-operations.ts";
import { type LoopSchedule, scheduleNest } from "./schedule.ts";
import type { Local, V128 } from "./tokens.ts";
import { fromMemory, loadVector, type Slot, storeVector, toMemory } from "./vectors.ts";

/** Vectors that are computed together. */
const PAIR = 2;

/** The parameters of emitting a kernel. */
export interface PrintContext {
  readonly f: FunctionBuilder;
  readonly mathematics: LaneFunctions;
  readonly buffers: readonly Buffer[];
  /** How many bytes further the views of a buffer lie, where a block of it is meant. */
  readonly starts?: ReadonlyMap<number, Local<"i32">>;
}

/** Part of a kernel's outermost loop: its units from `first` to before `end`, at least one. */
export interface UnitRange {
  readonly first: Local<"i32">;
  readonly end: Local<"i32">;
}

/** Emits a loop kernel into a function without parameters, or into one that runs a range of its units. */
export function printLoop(context: PrintContext, kernel: LoopKernel, range?: UnitRange): void {
  const { sizes } = kernel;
  if (!sizes.includes(0)) new NestPrinter(context, arrange(kernel, context.buffers, context.f.bytes), range).print();
  else if (!sizes.some((size, d) => size === 0 && kernel.reduced[d] !== true)) printEmpty(context, kernel);
}

/** A reduction over nothing gives the value of an empty sum or maximum. */
function printEmpty(context: PrintContext, kernel: LoopKernel): void {
  const stores = kernel.stores.flatMap(({ target, value: { dtype }, reduce }) => {
    if (reduce === undefined) return [];
    const value = identityOf({ reduce, dtype });
    return [{ target, value: { kind: "number", value, dtype } as const }];
  });
  const sizes = kernel.sizes.map((size, d) => (kernel.reduced[d] === true ? 1 : size));
  printLoop(context, { ...kernel, sizes, stores, reduced: sizes.map(() => false) });
}

/** Prints one nest in vectors throughout, so the last elements of a row get the same bits as the first. */
class NestPrinter {
  readonly #f: FunctionBuilder;
  readonly #context: PrintContext;
  readonly #nest: Nest;
  readonly #range: UnitRange | undefined;
  readonly #walk: LoopOffsets;
  readonly #schedule: LoopSchedule;
  readonly #vector: number;
  readonly #locals: Local<"v128">[][];
  readonly #accesses: readonly (Access | undefined)[];
  readonly #reductions: { readonly target: Target; readonly access: Access; accumulators: Accumulators | undefined }[];
  readonly #stores: { readonly target: Target; readonly access: Access }[];

  constructor(context: PrintContext, nest: Nest, range: UnitRange | undefined) {
    this.#f = context.f;
    this.#context = context;
    this.#nest = nest;
    this.#range = range;
    this.#schedule = scheduleNest(nest, context.f.width);
    this.#vector = this.#schedule.vector;
    this.#locals = nest.nodes.map(() => []);
    this.#accesses = nest.nodes.map((node) => accessOf(node, context));
    const targets = nest.targets.map((target) => ({
      target,
      access: { ...target, scale: context.f.bytes, from: context.starts?.get(target.buffer) },
    }));
    this.#stores = targets.filter(({ target }) => target.reduce === undefined);
    this.#reductions = targets
      .filter(({ target }) => target.reduce !== undefined)
      .map((entry) => ({ ...entry, accumulators: undefined }));
    const moving = [...this.#accesses, ...targets.map(({ access }) => access)];
    this.#walk = new LoopOffsets(
      this.#f,
      moving.filter((access) => access !== undefined),
    );
  }

  print(): void {
    this.#computeLevel(0, 1);
    this.#enter(0);
  }

  /** Emits the loop at a place of the order and all within. */
  #enter(position: number): void {
    if (position === this.#schedule.firstReduced && position <= this.#schedule.vectorPosition)
      this.#reduceRow(position);
    else this.#enterLoop(position);
  }

  #enterLoop(position: number): void {
    const dimension = this.#schedule.order[position];
    if (dimension === undefined) return;
    if (position === this.#schedule.vectorPosition) this.#vectorLoop(position);
    else this.#scalarLoop(position, dimension, () => this.#enter(position + 1));
  }

  #scalarLoop(position: number, dimension: number, inner: () => void): void {
    this.#walk.follow(dimension, (advance) => {
      const body = () => {
        this.#computeLevel(position + 1, 1);
        inner();
        advance(1);
      };
      if (position > 0 || this.#range === undefined) {
        this.#repeat(position, this.#nest.sizes[dimension] ?? 1, body);
      } else {
        advance(1, this.#range.first);
        repeatRange(this.#f, this.#range, body);
      }
    });
  }

  /** Lanes of the last or only loop; where loops go inside it, the strips of columns that they run over. */
  #vectorLoop(position: number): void {
    const size = this.#nest.sizes[this.#vector] ?? 1;
    const { width } = this.#f;
    const step = width * this.#schedule.unroll;
    const isStrip = position < this.#schedule.order.length - 1;
    const body = (from: number, count: number) => {
      const slots: Slot[] = [];
      for (let element = from; element < from + count; element += width) {
        slots.push({ dimension: this.#vector, element, lanes: Math.min(width, from + count - element) });
      }
      if (isStrip) this.#runStrip(position, slots);
      else this.#leaves(position + 1, slots);
    };
    const times = Math.floor(size / step);
    if (times < 2) {
      if (isStrip && size > step) for (let from = 0; from < size; from += step) body(from, Math.min(step, size - from));
      else body(0, size);
      return;
    }
    const rest = size - times * step;
    this.#walk.follow(this.#vector, (advance) => {
      const whole = () => {
        body(0, step);
        advance(step);
      };
      if (position > 0 || this.#range === undefined) {
        this.#repeat(position, times, whole);
        if (rest > 0) body(0, rest);
        return;
      }
      // The unit after the whole steps is the rest of the row.
      const f = this.#f;
      const { first, end } = this.#range;
      advance(step, first);
      const last = f.keep("i32", f.select(f.get(end), f.i32(times), f.op("i32.lt_s", f.get(end), f.i32(times))));
      f.if(f.op("i32.lt_s", f.get(first), f.get(last)), () => repeatRange(f, { first, end: last }, whole));
      if (rest > 0) f.if(f.op("i32.gt_s", f.get(end), f.i32(times)), () => body(0, rest));
    });
  }

  /** A counted loop; where the blocks of a sum end, it runs block by block. */
  #repeat(position: number, times: number, body: () => void): void {
    const f = this.#f;
    const counter = f.local("i32");
    const flush = () => {
      for (const { accumulators } of this.#reductions) accumulators?.flush();
    };
    if (this.#schedule.block?.position !== position) {
      f.repeat(counter, times, body);
      return;
    }
    const left = f.keep("i32", f.i32(times));
    f.loop((next) => {
      const isShort = f.op("i32.lt_u", f.tee(counter, f.get(left)), f.i32(this.#schedule.block?.times ?? 1));
      const short = f.keep("i32", isShort);
      f.set(counter, f.select(f.get(left), f.i32(this.#schedule.block?.times ?? 1), f.get(short)));
      f.set(left, f.op("i32.sub", f.get(left), f.get(counter)));
      f.loop((again) => {
        body();
        f.branchIf(again, f.tee(counter, f.op("i32.sub", f.get(counter), f.i32(1))));
      });
      flush();
      f.branchIf(next, f.get(left));
    });
  }

  /** All reduced loops, the vector loop last, and then each result from the folded lanes. */
  #reduceRow(position: number): void {
    this.#startReductions(
      Math.min(this.#schedule.sums, Math.ceil((this.#nest.sizes[this.#vector] ?? 1) / this.#f.width)),
    );
    this.#enterLoop(position);
    for (const { target, access, accumulators } of this.#reductions) {
      if (accumulators === undefined) continue;
      const value = toMemory(this.#f, this.#dtype(target.node), accumulators.fold());
      storeVector(this.#f, this.#walk, { access, value }, { dimension: this.#vector, element: 0, lanes: 1 });
    }
  }

  /** All loops inside the vector loop over one strip of columns, and the sums of those columns. */
  #runStrip(position: number, slots: readonly Slot[]): void {
    this.#computeSlots(position + 1, slots);
    this.#startReductions(slots.length);
    const run = (next: number): void => {
      const dimension = this.#schedule.order[next];
      if (dimension === undefined) return;
      const isLast = next === this.#schedule.order.length - 1;
      this.#walk.follow(dimension, (advance) => {
        this.#repeat(next, this.#nest.sizes[dimension] ?? 1, () => {
          if (isLast) {
            this.#leaves(next + 1, slots);
          } else {
            this.#computeSlots(next + 1, slots);
            run(next + 1);
          }
          advance(1);
        });
      });
    };
    run(position + 1);
    for (const { target, access, accumulators } of this.#reductions) {
      accumulators?.results().forEach((result, copy) => {
        const slot = slots[copy];
        const value = toMemory(this.#f, this.#dtype(target.node), result);
        if (slot !== undefined) storeVector(this.#f, this.#walk, { access, value }, slot);
      });
    }
  }

  #startReductions(copies: number): void {
    for (const entry of this.#reductions) {
      const { node, reduce = "sum" } = entry.target;
      const reduction = { reduce, dtype: this.#dtype(node) };
      entry.accumulators = new Accumulators(this.#f, reduction, {
        copies,
        blocked: this.#schedule.block !== undefined,
      });
      entry.accumulators.clear();
    }
  }

  #leaves(level: number, slots: readonly Slot[]): void {
    const { unroll } = this.#schedule;
    const group = Math.min(PAIR, unroll);
    this.#f.temporaries(() => {
      for (let i = 0; i < slots.length; i += group) this.#leaf(level, slots.slice(i, i + group), i % unroll);
    });
  }

  /** Neighboring vectors in the innermost loop: what changes there, then what is stored or taken in. */
  #leaf(level: number, slots: readonly Slot[], copy: number): void {
    this.#computeSlots(level, slots, copy);
    for (const { target, access } of this.#stores) {
      const values = slots.map((_, i) =>
        toMemory(this.#f, this.#dtype(target.node), this.#local(target.node, copy + i)),
      );
      values.forEach((value, i) => {
        const slot = slots[i];
        if (slot !== undefined) storeVector(this.#f, this.#walk, { access, value }, slot);
      });
    }
    const isRow = this.#nest.reduced[this.#vector] === true;
    for (const { target, accumulators } of this.#reductions) {
      slots.forEach((slot, i) => {
        const sum = isRow ? (copy + i) % this.#schedule.sums : copy + i;
        accumulators?.add(sum, this.#local(target.node, copy + i), isRow ? slot.lanes : this.#f.width);
      });
    }
  }

  /** The values that belong right inside a scalar loop: none of them changes along the lanes. */
  #computeLevel(level: number, lanes: number): void {
    for (const node of this.#schedule.levels[level] ?? []) {
      this.#compute(node, { dimension: this.#vector, element: 0, lanes }, 0);
    }
  }

  /**
   * The values that belong inside the vector loop, or inside a loop under it. Each is computed for all vectors before the
   * next one is, so that neighbors stand together for hosts that join them.
   */
  #computeSlots(level: number, slots: readonly Slot[], copy = 0): void {
    for (const node of this.#schedule.levels[level] ?? []) {
      const isUniform = this.#nest.nodes[node]?.along[this.#vector] !== true;
      slots.forEach((slot, i) => {
        if (!isUniform || copy + i === 0) this.#compute(node, slot, copy + i);
      });
    }
  }

  #compute(index: number, slot: Slot, copy: number): void {
    const f = this.#f;
    const node = this.#nest.nodes[index];
    const access = this.#accesses[index];
    if (node === undefined) return;
    const { value } = node;
    if (value.kind === "load" && access !== undefined) {
      const loaded = fromMemory(f, node.dtype, loadVector(f, this.#walk, access, slot));
      f.set(this.#local(index, copy), loaded);
    } else if (value.kind === "index" && access !== undefined) {
      const stride = node.strides[this.#vector] ?? 0;
      const first = node.base + stride * slot.element;
      const start = f.splatOf(this.#walk.count(access));
      const whole = f.op("i32x4.add", start, f.lanes(first, first + stride, first + 2 * stride, first + 3 * stride));
      f.set(this.#local(index, copy), countOf(f, node.dtype, whole));
    } else if (value.kind === "apply") {
      const operands = node.inputs.map((input) => this.#operand(input, copy));
      const context = { f, mathematics: this.#context.mathematics, dtype: node.dtype };
      f.set(this.#local(index, copy), applyOperation(context, value.name, operands));
    }
  }

  #operand(index: number, copy: number): LaneOperand {
    const value = this.#nest.nodes[index]?.value;
    const constant = value?.kind === "number" ? value.value : undefined;
    return { local: this.#local(index, copy), dtype: this.#dtype(index), constant };
  }

  #dtype(index: number) {
    return this.#nest.nodes[index]?.dtype ?? "float32";
  }

  /** The local of a node; nodes that change along the lanes have one per unrolled copy. */
  #local(index: number, copy: number): Local<"v128"> {
    const node = this.#nest.nodes[index];
    if (node?.value.kind === "number") return literalOf(this.#f, node.value);
    const number = node?.along[this.#vector] === true ? copy : 0;
    const own = this.#locals[index] ?? [];
    own[number] ??= this.#f.local("v128");
    return own[number];
  }
}

/** Runs `body` once for each unit of a range. */
export function repeatRange(f: FunctionBuilder, { first, end }: UnitRange, body: () => void): void {
  const counter = f.keep("i32", f.op("i32.sub", f.get(end), f.get(first)));
  f.loop((again) => {
    body();
    f.branchIf(again, f.tee(counter, f.op("i32.sub", f.get(counter), f.i32(1))));
  });
}

/** Whole numbers in lanes as a program holds them. */
function countOf(f: FunctionBuilder, dtype: DType, whole: V128): V128 {
  if (f.names.type === "f64x2") return f.op("f64x2.convert_low_i32x4_s", whole);
  return dtype === "float32" ? f.op("f32x4.convert_i32x4_s", whole) : whole;
}

function accessOf(node: Node, { f, starts }: PrintContext): Access | undefined {
  if (node.value.kind === "load") {
    const from = starts?.get(node.value.view.buffer);
    return { strides: node.strides, base: node.base, scale: f.bytes, from };
  }
  return node.value.kind === "index" ? { strides: node.strides, base: 0, scale: 1 } : undefined;
}
