/** Assigns addresses to buffers. Scratch is reused as soon as its last reader is done. */
import { known } from "../../base/error.ts";
import type { Explanation } from "../explanation.ts";
import { type Buffer, BYTES, type Kernel } from "../loop.ts";
import { Arena } from "./arena.ts";
import type { BufferSpec, LoweredProgram } from "./lowered-program.ts";
import { accessesOf } from "./order.ts";

/** Buffers are aligned to cache lines, so that vectors never straddle two and may read to the end of theirs. */
const LINE = 64;

/** Bytes of a buffer, rounded up to whole lines. */
export function bytesOf(elements: number, elementBytes: number = BYTES): number {
  return Math.ceil((elements * elementBytes) / LINE) * LINE;
}

/** Where each buffer of a program lies in memory. */
export interface Addresses {
  readonly buffers: readonly Buffer[];
  /** Bytes of scratch from `scratchAt` on. */
  readonly scratchBytes: number;
}

/** Where scratch lies among itself: an offset for each buffer, and its end. */
interface ScratchPlaces {
  readonly offsets: ReadonlyMap<number, number>;
  readonly bytes: number;
}

/** Programs of one plan are laid out alike, and a hundred small models have one plan. */
const laidOut = new WeakMap<readonly Kernel[], Map<number, ScratchPlaces>>();

/** Allocates scratch from `scratchAt` on; `kept(i)` gives the address of buffer i of any other role. */
export function assign(
  lowered: LoweredProgram,
  kernels: readonly Kernel[],
  scratchAt: number,
  kept: (buffer: number) => number,
  elementBytes: number = BYTES,
): Addresses {
  const layouts = laidOut.get(kernels) ?? new Map<number, ScratchPlaces>();
  const places = layouts.get(elementBytes) ?? placesOf(lowered, kernels, elementBytes);
  laidOut.set(kernels, layouts.set(elementBytes, places));
  const buffers = lowered.bufferSpecs.map(({ dtype, elements, role }, i) => ({
    address: role === "scratch" ? scratchAt + (places.offsets.get(i) ?? 0) : kept(i),
    elements,
    dtype,
  }));
  return { buffers, scratchBytes: places.bytes };
}

function placesOf(lowered: LoweredProgram, kernels: readonly Kernel[], elementBytes: number): ScratchPlaces {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [i, kernel] of kernels.entries()) {
    const { reads, writes } = accessesOf(kernel);
    for (const buffer of [...writes, ...reads]) {
      if (!first.has(buffer)) first.set(buffer, i);
      last.set(buffer, i);
    }
  }
  for (const buffer of lowered.outputs) last.set(buffer, kernels.length);
  const isScratch = (buffer: number): boolean => known(lowered.bufferSpecs[buffer], "room").role === "scratch";
  const sizeOf = (buffer: number): number => bytesOf(known(lowered.bufferSpecs[buffer], "room").elements, elementBytes);
  const starting = byKernel(first, isScratch);
  const ending = byKernel(last, isScratch);
  const arena = new Arena();
  const offsets = new Map<number, number>();
  for (let i = 0; i < kernels.length; i++) {
    for (const buffer of starting.get(i) ?? []) offsets.set(buffer, arena.take(sizeOf(buffer)));
    for (const buffer of ending.get(i) ?? []) arena.give(known(offsets.get(buffer), "offset"), sizeOf(buffer));
  }
  return { offsets, bytes: arena.bytes };
}

function byKernel(moments: ReadonlyMap<number, number>, chosen: (buffer: number) => boolean): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [buffer, kernel] of moments) {
    if (!chosen(buffer)) continue;
    const list = found.get(kernel);
    if (list === undefined) found.set(kernel, [buffer]);
    else list.push(buffer);
  }
  return found;
}

/** The bytes of a program by what they hold, of elements of so many. */
export function bytesByRole(
  { bufferSpecs }: LoweredProgram,
  elementBytes: number,
  { scratch, threads }: Pick<Explanation["bytes"], "scratch" | "threads">,
): Explanation["bytes"] {
  const total = (role: BufferSpec["role"]): number =>
    bufferSpecs.reduce((sum, spec) => (spec.role === role ? sum + bytesOf(spec.elements, elementBytes) : sum), 0);
  const of = { states: total("state"), inputs: total("input"), constants: total("constant") };
  return { ...of, scratch, unshared: total("scratch"), threads };
}
