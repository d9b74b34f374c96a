import type { DType } from "../../array/dtype.ts";
import type { FunctionBuilder } from "./assembler.ts";
import type { Access, LoopOffsets } from "./loop-offsets.ts";
import type { I32, Local, V128 } from "./tokens.ts";
import { wrapped } from "./wide-operations.ts";

/** Which vector of a nest: `lanes` elements from `element` on along the vector dimension. */
export interface Slot {
  readonly dimension: number;
  readonly element: number;
  readonly lanes: number;
}

/**
 * Loads a vector. Neighboring elements are read as a whole even where only some lanes count: memory reaches at least a
 * vector beyond every buffer. Elements that lie apart are read one by one, and only those that count.
 */
export function loadVector(f: FunctionBuilder, walk: LoopOffsets, access: Access, slot: Slot): V128 {
  const stride = access.strides[slot.dimension] ?? 0;
  if (stride === 0 || stride === 1) {
    const { address, offset } = walk.address(access, slot.dimension, slot.element);
    return f.load(stride === 1 ? "v128.load" : f.names.loadSplat, address, offset);
  }
  const first = walk.address(access, slot.dimension, slot.element);
  const vector = f.local("v128");
  f.set(vector, f.load(f.names.loadFirst, first.address, first.offset));
  for (let lane = 1; lane < slot.lanes; lane++) {
    const { address, offset } = walk.address(access, slot.dimension, slot.element + lane);
    f.set(vector, f.loadLane(f.names.loadLane, address, f.get(vector), { lane, offset }));
  }
  return f.get(vector);
}

/** Stores the lanes of a vector that count. */
export function storeVector(
  f: FunctionBuilder,
  walk: LoopOffsets,
  target: { access: Access; value: Local<"v128"> },
  slot: Slot,
): void {
  const { access, value } = target;
  const at = (lane: number) => walk.address(access, slot.dimension, slot.element + lane);
  const stride = access.strides[slot.dimension] ?? 0;
  if (stride !== 1) {
    for (let lane = 0; lane < slot.lanes; lane++) {
      const { address, offset } = at(lane);
      f.storeLane(f.names.storeLane, address, f.get(value), { lane, offset });
    }
    return;
  }
  if (slot.lanes === f.width) {
    storeWhole(f, value, () => at(0));
    return;
  }
  if (slot.lanes >= 2 && f.width > 2) {
    const { address, offset } = at(0);
    f.storeLane("v128.store64_lane", address, f.get(value), { lane: 0, offset });
  }
  if (slot.lanes % 2 === 1) {
    const lane = slot.lanes - 1;
    const { address, offset } = at(lane);
    f.storeLane(f.names.storeLane, address, f.get(value), { lane, offset });
  }
}

/** Stores all lanes, in two halves where the host must not join them with those of a neighbor. */
function storeWhole(
  f: FunctionBuilder,
  value: Local<"v128">,
  at: () => { readonly address: I32; readonly offset: number },
): void {
  if (f.joinable) {
    const { address, offset } = at();
    f.store("v128.store", address, f.get(value), offset);
    return;
  }
  for (const lane of [0, 1]) {
    const { address, offset } = at();
    f.storeLane("v128.store64_lane", address, f.get(value), { lane, offset: offset + 8 * lane });
  }
}

/** Loads a whole number as programs hold it. */
export function loadWhole(f: FunctionBuilder, address: I32, offset = 0): I32 {
  if (f.names.type === "f32x4") return f.load("i32.load", address, offset);
  return f.convert("i32_trunc_f64", f.load("f64.load", address, offset));
}

/** From memory to registers: bools become masks. */
export function fromMemory(f: FunctionBuilder, dtype: DType, value: V128): V128 {
  return dtype === "bool" ? f.op(f.names.type === "f64x2" ? "f64x2.ne" : "i32x4.ne", value, f.zero()) : value;
}

/** From registers to memory: masks become 0 and 1, and whole numbers in float64 are reduced modulo 2^32. */
export function toMemory(f: FunctionBuilder, dtype: DType, value: Local<"v128">): Local<"v128"> {
  const isWide = f.names.type === "f64x2";
  if (dtype === "bool") return f.keep("v128", f.op("v128.and", f.get(value), isWide ? f.splat(1) : f.splatBits(1)));
  return isWide && dtype === "int32" ? f.keep("v128", wrapped(f, value)) : value;
}
