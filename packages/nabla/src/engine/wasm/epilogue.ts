import { known } from "../../base/error.ts";
import type { Buffer, Epilogue, Value, View } from "../loop.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { type Access, LoopOffsets } from "./loop-offsets.ts";
import type { LaneFunctions } from "./mathematics.ts";
import { addressOf, valuesOf } from "./nest.ts";
import { applyOperation, type LaneOperand, literalOf } from "./scalar-operations.ts";
import type { Local } from "./tokens.ts";
import { fromMemory, loadVector, storeVector, toMemory } from "./vectors.ts";

/** The sources of the values of an epilogue. */
export interface EpilogueContext {
  readonly f: FunctionBuilder;
  readonly mathematics: LaneFunctions;
  readonly buffers: readonly Buffer[];
  readonly epilogue: Epilogue;
  /** The buffer whose elements are the sums themselves. */
  readonly product: number;
  /** Whether rows and columns are swapped (transposed). */
  readonly transposed: boolean;
}

/** Four sums or fewer of one row. */
export interface SumVector {
  readonly sum: Local<"v128">;
  readonly row: number;
  readonly column: number;
  readonly lanes: number;
}

/**
 * Emits the computation on sums in registers. It follows the tiles through a product, row by row and column by column.
 */
export class EpiloguePrinter {
  readonly #context: EpilogueContext;
  readonly #order: readonly Value[];
  readonly #accesses = new Map<View, Access>();
  readonly #tracks = new Map<string, { strides: readonly number[]; column: Local<"i32">; current: Local<"i32"> }>();

  constructor(context: EpilogueContext) {
    this.#context = context;
    const { f, buffers, epilogue, product, transposed } = context;
    this.#order = valuesOf(epilogue.stores);
    const loads = this.#order.flatMap((value) =>
      value.kind === "load" && value.view.buffer !== product ? [value.view] : [],
    );
    for (const view of [...loads, ...epilogue.stores.map(({ target }) => target)]) {
      const strides = transposed ? view.strides.toReversed() : view.strides;
      this.#accesses.set(view, { strides, base: addressOf(view, buffers, f.bytes), scale: f.bytes });
      const key = strides.join();
      if (this.#tracks.has(key) || strides.every((stride) => stride === 0)) continue;
      this.#tracks.set(key, { strides, column: f.keep("i32", f.i32(0)), current: f.local("i32") });
    }
  }

  /** Starts a column of tiles. */
  begin(): void {
    const { f } = this.#context;
    for (const { column, current } of this.#tracks.values()) f.set(current, f.get(column));
  }

  /** Moves on to the next tile below. */
  down(rows: number): void {
    for (const { strides, current } of this.#tracks.values())
      this.#context.f.increase(current, (strides[0] ?? 0) * rows * this.#context.f.bytes);
  }

  /** Moves on to the next column of tiles. */
  right(columns: number): void {
    for (const { strides, column } of this.#tracks.values())
      this.#context.f.increase(column, (strides[1] ?? 0) * columns * this.#context.f.bytes);
  }

  /**
   * Computes and stores the epilogue of the sums of a tile. Values that are the same in all its rows are loaded once.
   */
  tile(vectors: readonly SumVector[]): void {
    const shared = new Map<string, Local<"v128">>();
    for (let i = 0; i < vectors.length; i++) {
      const [vector, next] = [known(vectors[i], "vector"), vectors[i + 1]];
      const isPair = next?.row === vector.row;
      if (isPair) i++;
      this.#vectors(isPair ? [vector, next] : [vector], shared);
    }
  }

  /** Neighbors of one row stand together for hosts that join them. */
  #vectors(vectors: readonly SumVector[], shared: Map<string, Local<"v128">>): void {
    const { f, mathematics, epilogue, product } = this.#context;
    const places = vectors.map((vector) => ({ vector, made: new Map<Value, Local<"v128">>() }));
    const worth = (value: Value, { vector, made }: (typeof places)[number]): Local<"v128"> => {
      if (value.kind === "number") return literalOf(f, value);
      if (value.kind === "load" && value.view.buffer === product) return vector.sum;
      return known(made.get(value), "value of an epilogue");
    };
    for (const value of this.#order) {
      for (const place of places) {
        const { vector, made } = place;
        if (value.kind === "load" && value.view.buffer !== product) made.set(value, this.#load(value, vector, shared));
        if (value.kind !== "apply") continue;
        const operands = value.inputs.map(
          (input): LaneOperand => ({
            local: worth(input, place),
            dtype: input.dtype,
            constant: input.kind === "number" ? input.value : undefined,
          }),
        );
        made.set(value, f.keep("v128", applyOperation({ f, mathematics, dtype: value.dtype }, value.name, operands)));
      }
    }
    for (const { target, value } of epilogue.stores) {
      const results = places.map((place) => toMemory(f, value.dtype, worth(value, place)));
      vectors.forEach((vector, i) => {
        const { access, walk, slot } = this.#place(target, vector);
        storeVector(f, walk, { access, value: known(results[i], "result") }, slot);
      });
    }
  }

  #load(
    { view, dtype }: Extract<Value, { kind: "load" }>,
    vector: SumVector,
    shared: Map<string, Local<"v128">>,
  ): Local<"v128"> {
    const { f } = this.#context;
    const { access, walk, slot } = this.#place(view, vector);
    const [row = 0, column = 0] = access.strides;
    const key = `${view.buffer} ${view.offset} ${access.strides.join()} ${column === 0 ? 0 : vector.column}`;
    const found = row === 0 ? shared.get(key) : undefined;
    if (found !== undefined) return found;
    const local = f.keep("v128", fromMemory(f, dtype, loadVector(f, walk, access, slot)));
    if (row === 0) shared.set(key, local);
    return local;
  }

  /** A view at a vector of a tile; the tile's own place is in the track of its strides. */
  #place(view: View, { row, column, lanes }: SumVector) {
    const { f } = this.#context;
    const { strides, base } = known(this.#accesses.get(view), "access");
    const access = { strides, base: base + row * (strides[0] ?? 0) * f.bytes, scale: f.bytes };
    const walk = new LoopOffsets(f, [access], this.#tracks.get(strides.join())?.current);
    return { access, walk, slot: { dimension: 1, element: column, lanes } };
  }
}
