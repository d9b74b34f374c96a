/** A graph before and after the engine's optimization. */
import { type NdArray, zeros } from "../array/ndarray.ts";
import { type Size, settleDim } from "../array/shape.ts";
import { compile } from "../engine/program.ts";
import { nameOf } from "../graph/leaf.ts";
import type { Tensor as Node } from "../graph/tensor.ts";
import { requestFor } from "./programs.ts";
import { closure, type Recorded } from "./recorded.ts";

/** Options of `summarize`. */
export interface SummaryOptions {
  /** What is computed in one run. Default: everything that nothing else is computed from. */
  readonly fetches?: readonly Recorded[];
  /** Lengths that are known only when something is fed count as so many. Default 1. */
  readonly batch?: number;
}

/** See `Graph.summary`. */
export async function summarize(
  entries: readonly Recorded[],
  warnings: readonly string[],
  { fetches = endsOf(entries), batch = 1 }: SummaryOptions,
): Promise<string> {
  const kinds = new Map<string, number>();
  for (const { kind } of entries) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counted = [...kinds].map(([kind, times]) => (times === 1 ? kind : `${times} ${kind}`));
  const { spec } = requestFor(fetches);
  const program = await compile(spec);
  const feeds = Object.fromEntries(spec.inputs.map((node) => [nameOf(node), blank(node, batch)]));
  return [
    ...wrapped(`graph: ${entries.length} recorded: ${counted.join(", ")}`),
    await program.explain(feeds),
    ...warnings.flatMap((warning) => wrapped(`warning: ${warning}`)),
  ].join("\n");
}

/**
 * Nodes that nothing else depends on. Initializers are left out, since they set what the rest sets, and so is what sets
 * a variable that something before it sets.
 */
function endsOf(entries: readonly Recorded[]): readonly Recorded[] {
  const used = new Set(entries.flatMap(({ inputs }) => inputs));
  const set = new Set<Node>();
  return entries.filter((entry) => {
    if (used.has(entry) || isBeginning(entry)) return false;
    const states = closure([entry]).flatMap(({ updates }) => updates.map(([state]) => state));
    if (states.some((state) => set.has(state))) return false;
    for (const state of states) set.add(state);
    return true;
  });
}

function isBeginning({ kind, inputs }: Recorded): boolean {
  return kind === "initializer" || (kind === "group" && inputs.every(isBeginning));
}

function blank({ shape, dtype }: Node, batch: number): NdArray {
  const lengths = shape.map((dim) => (typeof dim === "number" ? dim : settleDim(dim, new Map([[dim, batch]]))));
  return zeros(lengths as Size, dtype);
}

/** Text in lines of at most 80 columns. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 80) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines;
}
