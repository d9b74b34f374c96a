/** How a graph was compiled: what `program.explain()` shows. */

/** One kernel of a compiled program. */
export interface KernelNote {
  readonly label: string;
  /** Where it runs, as "WebAssembly" or a BLAS library's name. */
  readonly by: string;
}

/** What an engine made of a program: operations, memory and kernels. Plain data. */
export interface Explanation {
  readonly engine: string;
  /** Ops in the graph as it was built, gradients included, and after simplification. */
  readonly opsBefore: number;
  readonly opsAfter: number;
  readonly kernels: readonly KernelNote[];
  /** Updates in place: they write directly into their state. */
  readonly inPlace: number;
  readonly bytes: {
    readonly states: number;
    readonly inputs: number;
    readonly constants: number;
    readonly scratch: number;
    /** The size of scratch memory if no storage were reused. */
    readonly unshared: number;
    /** What the threads that work on it take besides, whatever they do. */
    readonly threads: number;
  };
}

const UNITS = ["bytes", "KiB", "MiB", "GiB"];

/** Bytes as people read them, as `1.5 MiB`. */
export function showBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value.toLocaleString("en-US", { maximumFractionDigits: power === 0 ? 0 : 1 })} ${UNITS[power]}`;
}

/** An explanation as text of at most 80 columns. */
export function showExplanation({ engine, opsBefore, opsAfter, kernels, inPlace, bytes }: Explanation): string {
  const counts = new Map<string, number>();
  for (const { label, by } of kernels) {
    const line = by === "WebAssembly" ? label : `${label}  (${by})`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const lines = [...counts].map(
    ([line, count]) => `  ${count === 1 ? "   " : `${count} x`.padStart(4).slice(-3)} ${line}`,
  );
  return [
    `${engine}: ${opsBefore} ops, ${opsAfter} after simplification, ${kernels.length} kernels, ${inPlace} updates in place`,
    `memory: states ${showBytes(bytes.states)}, inputs ${showBytes(bytes.inputs)}, constants ${showBytes(bytes.constants)},`,
    `        scratch ${showBytes(bytes.scratch)} (${showBytes(bytes.unshared)} without sharing)`,
    "kernels:",
    ...lines.map((line) => (line.length > 80 ? `${line.slice(0, 77)}...` : line)),
  ].join("\n");
}
