import type { FunctionBuilder } from "./assembler.ts";
import type { I32, Local } from "./tokens.ts";

/** Something that moves with the indices of a nest: an address in bytes, or a count. */
export interface Access {
  readonly strides: readonly number[];
  readonly base: number;
  /** Bytes per element, or 1 for a count. */
  readonly scale: number;
  /** Bytes that the whole access lies further. */
  readonly from?: Local<"i32"> | undefined;
}

/**
 * The running offsets of a nest. All accesses with the same strides share one local, since their base addresses are
 * constants in the instructions: a dense loop over four arrays needs one register for its counter.
 */
export class LoopOffsets {
  readonly #f: FunctionBuilder;
  readonly #tracks: Track[] = [];
  readonly #trackOf = new Map<Access, Track>();

  /** `start`: a local that all offsets start from, instead of zero, where an access has none of its own. */
  constructor(f: FunctionBuilder, accesses: readonly Access[], start?: Local<"i32">) {
    this.#f = f;
    const byKey = new Map<string, Track>();
    for (const access of accesses) {
      const { from = start } = access;
      if (access.from === undefined && access.strides.every((stride) => stride === 0)) continue;
      const isNegative = hasNegative(access);
      const strides = `${access.scale}:${access.from?.index}:${access.strides.join()}`;
      const key = isNegative ? `${strides}:${access.base}` : strides;
      let track = byKey.get(key);
      if (track === undefined) {
        track = {
          strides: access.strides,
          scale: access.scale,
          start: isNegative ? access.base : 0,
          isNegative,
          current: isNegative && access.from !== undefined ? this.#beyond(access.from, access.base) : from,
        };
        byKey.set(key, track);
        this.#tracks.push(track);
      }
      this.#trackOf.set(access, track);
    }
  }

  /**
   * Runs `body` with locals that follow a dimension; `advance` moves them by a number of its steps, as many times as a
   * local specifies.
   */
  follow(dimension: number, body: (advance: (steps: number, times?: Local<"i32">) => void) => void): void {
    const f = this.#f;
    const moving = this.#tracks.filter((track) => track.strides[dimension] !== 0);
    const before = moving.map((track) => track.current);
    for (const track of moving) track.current = f.keep("i32", this.#value(track));
    body((steps, times) => {
      for (const { strides, scale, current } of moving) {
        if (current === undefined) continue;
        const bytes = (strides[dimension] ?? 0) * scale * steps;
        if (times === undefined) f.increase(current, bytes);
        else f.set(current, f.op("i32.add", f.get(current), f.op("i32.mul", f.get(times), f.i32(bytes))));
      }
    });
    moving.forEach((track, i) => {
      track.current = before[i];
    });
  }

  /** The address of an access and the offset for its instruction, `steps` further along a dimension. */
  address(access: Access, dimension: number, steps: number): { readonly address: I32; readonly offset: number } {
    const f = this.#f;
    const track = this.#trackOf.get(access);
    if (track === undefined) return { address: f.i32(0), offset: access.base };
    const further = (access.strides[dimension] ?? 0) * access.scale * steps;
    if (!track.isNegative) return { address: this.#value(track), offset: access.base + further };
    return { address: f.op("i32.add", this.#value(track), f.i32(further)), offset: 0 };
  }

  /** The current count of an access with `scale` 1, without its base. */
  count(access: Access): I32 {
    const track = this.#trackOf.get(access);
    return track === undefined ? this.#f.i32(0) : this.#value(track);
  }

  #beyond(from: Local<"i32">, bytes: number): Local<"i32"> {
    return this.#f.keep("i32", this.#f.op("i32.add", this.#f.get(from), this.#f.i32(bytes)));
  }

  #value(track: Track): I32 {
    return track.current === undefined ? this.#f.i32(track.start) : this.#f.get(track.current);
  }
}

interface Track {
  readonly strides: readonly number[];
  readonly scale: number;
  readonly start: number;
  readonly isNegative: boolean;
  current: Local<"i32"> | undefined;
}

/** Counts wrap, addresses do not: an offset below zero must be added before the instruction. */
function hasNegative(access: Access): boolean {
  return access.scale > 1 && access.strides.some((stride) => stride < 0);
}
