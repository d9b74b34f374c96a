import type { DType } from "../../array/dtype.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { binary, isFloat, lanesOf, literalOf } from "./scalar-operations.ts";
import type { Instruction, Local } from "./tokens.ts";

/** How the values of a reduction are combined. */
export interface Reduction {
  readonly reduce: "sum" | "max";
  readonly dtype: DType;
}

/**
 * The running results of one reduction, one vector per unrolled copy. Long sums are computed in blocks: each block's
 * sum is added to a total, so that the error grows with the square root of the length rather than with the length.
 */
export class Accumulators {
  readonly #f: FunctionBuilder;
  readonly #operation: Instruction;
  readonly #identity: Local<"v128">;
  readonly #blocked: boolean;
  readonly #running: Local<"v128">[] = [];
  readonly #totals: Local<"v128">[] = [];

  constructor(f: FunctionBuilder, reduction: Reduction, options: { copies: number; blocked: boolean }) {
    this.#f = f;
    this.#operation = operationOf(f, reduction);
    this.#identity = literalOf(f, { value: identityOf(reduction), dtype: reduction.dtype });
    this.#blocked = options.blocked && reduction.reduce === "sum" && isFloat(reduction.dtype);
    for (let i = 0; i < options.copies; i++) {
      this.#running.push(f.local("v128"));
      if (this.#blocked) this.#totals.push(f.local("v128"));
    }
  }

  /** Resets the accumulators. */
  clear(): void {
    for (const local of [...this.#running, ...this.#totals]) this.#set(local);
  }

  /** Accumulates the first `lanes` lanes of a value. */
  add(copy: number, value: Local<"v128">, lanes: number): void {
    const f = this.#f;
    let taken = value;
    if (lanes < f.width) {
      const bit = (lane: number) => (lane < lanes ? -1 : 0);
      const own = f.get(value);
      const kept = f.op(
        "v128.bitselect",
        own,
        f.get(this.#identity),
        f.width === 2 ? f.lanes(bit(0), bit(0), bit(1), bit(1)) : f.lanes(bit(0), bit(1), bit(2), bit(3)),
      );
      taken = f.keep("v128", kept);
    }
    const running = this.#running[copy];
    if (running !== undefined) f.set(running, binary(f, this.#operation, running, taken));
  }

  /** Ends a block. */
  flush(): void {
    if (!this.#blocked) return;
    this.#totals.forEach((total, i) => {
      const running = this.#running[i] ?? total;
      this.#f.set(total, binary(this.#f, this.#operation, total, running));
      this.#set(running);
    });
  }

  /** The results, one vector per copy. */
  results(): readonly Local<"v128">[] {
    this.flush();
    return this.#blocked ? this.#totals : this.#running;
  }

  /** Horizontal reduction into the first lane of the result: copies and then lanes are folded in halves. */
  fold(): Local<"v128"> {
    const f = this.#f;
    let rest = [...this.results()];
    while (rest.length > 1) {
      const half = Math.ceil(rest.length / 2);
      rest.forEach((local, i) => {
        const partner = rest[i - half];
        if (partner !== undefined) f.set(partner, binary(f, this.#operation, partner, local));
      });
      rest = rest.slice(0, half);
    }
    const [last = f.local("v128")] = rest;
    const halves = [2, 3, 2, 3] as const;
    for (const order of f.width === 2 ? [halves] : [halves, [1, 1, 1, 1] as const]) {
      const moved = f.keep("v128", f.shuffle(f.get(last), f.get(last), order));
      f.set(last, binary(f, this.#operation, last, moved));
    }
    return last;
  }

  #set(local: Local<"v128">): void {
    this.#f.set(local, this.#f.get(this.#identity));
  }
}

/** The value of an empty reduction. */
export function identityOf({ reduce, dtype }: Reduction): number {
  if (reduce === "sum" || dtype === "bool") return 0;
  return isFloat(dtype) ? Number.NEGATIVE_INFINITY : -(2 ** 31);
}

function operationOf(f: FunctionBuilder, { reduce, dtype }: Reduction): Instruction {
  const lanes = lanesOf(dtype);
  if (lanes === "mask") return "v128.or";
  const { type } = f.names;
  if (lanes === "float" || type === "f64x2") return reduce === "sum" ? `${type}.add` : `${type}.max`;
  return reduce === "sum" ? "i32x4.add" : "i32x4.max_s";
}
