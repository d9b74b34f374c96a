/**
 * Puts kernels in their final order and lets updates write directly into their states where nothing reads the old
 * value afterwards. Updates go last; a state whose old value is still live is written to scratch and copied at the end.
 */
import { known } from "../../base/error.ts";
import type { Kernel, LoopKernel, MatmulKernel, Store, Value, View } from "../loop.ts";
import type { BufferSpec, LoweredProgram, StagedKernel } from "./lowered-program.ts";

/** Kernels in an order that respects what they read, and how many write over their own input. */
export interface Ordered {
  readonly kernels: readonly Kernel[];
  readonly inPlace: number;
}

/**
 * Orders the kernels of a program. A kernel that only writes states with one predicate is executed only if it is true.
 */
export function order(lowered: LoweredProgram): Ordered {
  const accesses = lowered.jobs.map(({ kernel }) => accessesOf(kernel));
  const readers = index(accesses.map(({ reads }) => reads));
  const writers = index(accesses.map(({ writes }) => writes));
  const targets = new Map<number, number>();
  const predicateFor = new Map(lowered.updates.map(({ buffer, predicate }) => [buffer, predicate]));
  const predicates = new Set(predicateFor.values());
  for (const { state: into, buffer } of lowered.updates) {
    const wanted =
      predicates.has(buffer) ||
      lowered.outputs.includes(buffer) ||
      lowered.updates.filter((update) => update.buffer === buffer).length > 1;
    const [writer, ...others] = writers.get(buffer) ?? [];
    if (wanted || writer === undefined || others.length > 0 || (readers.get(buffer) ?? []).length > 0) continue;
    const job = known(lowered.jobs[writer], "job");
    if (job.kernel.kind === "loop" && readsAsWritten(job.kernel, buffer, into)) targets.set(buffer, into);
  }
  const isLate = (i: number): boolean => known(accesses[i], "accesses").writes.every((buffer) => targets.has(buffer));
  const late = new Set(lowered.jobs.flatMap((_, i) => (isLate(i) ? [i] : [])));
  const sequence = [...lowered.jobs.keys()].toSorted((a, b) => Number(late.has(a)) - Number(late.has(b)) || a - b);
  const position = new Map(sequence.map((job, i) => [job, i]));
  for (const [buffer, into] of targets) {
    const [writer = 0] = writers.get(buffer) ?? [];
    const after = (readers.get(into) ?? []).some(
      (reader) => reader !== writer && (late.has(reader) || (position.get(reader) ?? 0) > (position.get(writer) ?? 0)),
    );
    if (after) targets.delete(buffer);
  }
  const skippedWith = sequence.map((i) => {
    const { writes } = known(accesses[i], "accesses");
    const own = new Set(writes.map((buffer) => (targets.has(buffer) ? predicateFor.get(buffer) : undefined)));
    if (own.size === 1) return [...own][0];
    // it also writes buffers that must not be skipped: the states are updated by a separate copy
    for (const buffer of writes) if (predicateFor.get(buffer) !== undefined) targets.delete(buffer);
    return undefined;
  });
  const kernels = sequence.map((i, at) => redirect(known(lowered.jobs[i], "job"), targets, skippedWith[at]));
  const copies = lowered.updates
    .filter(({ buffer }) => !targets.has(buffer))
    .map(({ state, buffer, predicate }) => {
      const copy = copyKernel(buffer, state, known(lowered.bufferSpecs[buffer], "buffer"));
      return predicate === undefined ? copy : { ...copy, predicate };
    });
  return { kernels: [...kernels, ...copies], inPlace: targets.size };
}

/** Which buffers a kernel reads and writes. */
export function accessesOf(kernel: Kernel): { readonly reads: readonly number[]; readonly writes: readonly number[] } {
  if (kernel.kind === "loop") {
    return {
      reads: [...predicateOf(kernel), ...loadsOf(kernel.stores).map((view) => view.buffer)],
      writes: kernel.stores.map(({ target }) => target.buffer),
    };
  }
  if (kernel.kind === "matmul") {
    const { a, b, c, epilogue = { stores: [], keepsProduct: true } } = kernel;
    const loads = loadsOf(epilogue.stores).map((view) => view.buffer);
    return {
      reads: [...predicateOf(kernel), a.buffer, b.buffer, ...loads.filter((buffer) => buffer !== c.buffer)],
      writes: [...(epilogue.keepsProduct ? [c.buffer] : []), ...epilogue.stores.map(({ target }) => target.buffer)],
    };
  }
  if (kernel.kind === "blocked") {
    const inner = kernel.kernels.map(accessesOf);
    return { reads: inner.flatMap(({ reads }) => reads), writes: inner.flatMap(({ writes }) => writes) };
  }
  if (kernel.kind === "argmax") return { reads: [kernel.source.buffer], writes: [kernel.target.buffer] };
  if (kernel.kind === "gather")
    return { reads: [kernel.table.buffer, kernel.indices.buffer], writes: [kernel.target.buffer] };
  if (kernel.kind === "scatter")
    return { reads: [kernel.source.buffer, kernel.indices.buffer], writes: [kernel.target.buffer] };
  return { reads: [kernel.key.buffer], writes: [kernel.target.buffer] };
}

function predicateOf({ predicate }: LoopKernel | MatmulKernel): readonly number[] {
  return predicate === undefined ? [] : [predicate];
}

function loadsOf(stores: readonly Store[]): readonly View[] {
  return valueViews(stores.map(({ value }) => value));
}

/** The views of buffers that values load. */
export function valueViews(values: readonly Value[]): readonly View[] {
  const views: View[] = [];
  const seen = new Set<Value>();
  const collect = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    if (value.kind === "load") views.push(value.view);
    if (value.kind === "apply") value.inputs.forEach(collect);
  };
  values.forEach(collect);
  return views;
}

/**
 * Whether a loop reads `state` only at the elements where it writes `buffer`: then it can update the state in place.
 */
function readsAsWritten(loop: LoopKernel, buffer: number, state: number): boolean {
  const store = known(
    loop.stores.find(({ target }) => target.buffer === buffer),
    "store",
  );
  const reads = loadsOf(loop.stores).filter((view) => view.buffer === state);
  if (store.reduce !== undefined) return reads.length === 0;
  return reads.every(
    (view) =>
      view.offset === store.target.offset && view.strides.every((stride, i) => stride === store.target.strides[i]),
  );
}

function index(lists: readonly (readonly number[])[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [i, list] of lists.entries()) {
    for (const buffer of new Set(list)) {
      const sofar = found.get(buffer);
      if (sofar === undefined) found.set(buffer, [i]);
      else sofar.push(i);
    }
  }
  return found;
}

function redirect(
  { kernel }: StagedKernel,
  targets: ReadonlyMap<number, number>,
  predicate: number | undefined,
): Kernel {
  if (kernel.kind !== "loop" || !kernel.stores.some(({ target }) => targets.has(target.buffer))) return kernel;
  const stores = kernel.stores.map((store) => ({
    ...store,
    target: { ...store.target, buffer: targets.get(store.target.buffer) ?? store.target.buffer },
  }));
  return { ...kernel, stores, ...(predicate === undefined ? {} : { predicate }) };
}

function copyKernel(from: number, to: number, { elements, dtype }: BufferSpec): LoopKernel {
  const at = (buffer: number): View => ({ buffer, offset: 0, strides: [1] });
  const stores = [{ target: at(to), value: { kind: "load", view: at(from), dtype } as const }];
  return { kind: "loop", label: "copy state", sizes: [elements], reduced: [false], stores };
}
