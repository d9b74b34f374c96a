/** One step of a scan: its types and its graph. */
import { known } from "../base/error.ts";
import { input } from "./leaf.ts";
import { slice } from "./movement.ts";
import type { Tensor } from "./tensor.ts";

/** What a step is computed from. */
export interface ScanInputs {
  /** What the step before gave, or the initial state: [rows, width]. */
  readonly state: Tensor;
  /** What is given for this step: [rows, …] of each tensor that is given for all steps. */
  readonly given: readonly Tensor[];
  /** What is the same in all steps, as weights. */
  readonly fixed: readonly Tensor[];
}

/** What a step gives, each [rows, …]: the parts of the next state side by side, and what to keep beside them. */
export interface ScanParts {
  readonly next: readonly Tensor[];
  /** What the gradient reads instead of computing it again. Default: nothing. */
  readonly saved?: readonly Tensor[];
}

/** Builds the graph of one step. It is called again for each number of rows, and must give the same graph. */
export type ScanStep = (inputs: ScanInputs) => ScanParts;

/** The attributes of a scan. */
export interface ScanAttributes {
  readonly step: ScanBody;
  readonly given: number;
  readonly reverse: boolean;
}

/** A step with what is known of it. As JSON it is what its graph computes, so that equal loops are told to be equal. */
export interface ScanBody {
  readonly of: ScanStep;
  readonly stateWidth: number;
  /** The columns of the state and of what is saved beside it. */
  readonly width: number;
  readonly toJSON: () => string;
}

/** The graph of one step on leaves of its own. */
export interface ScanGraph {
  /** All columns that the step before gave, then what is given, then what is fixed: as the inputs of the scan. */
  readonly leaves: readonly Tensor[];
  readonly parts: readonly Tensor[];
}

/** What a scan was made with. */
export function scanOf({ attributes }: Pick<Tensor, "attributes">): ScanAttributes {
  return attributes as unknown as ScanAttributes;
}

/** The graph of one step of a scan with these inputs. */
export function stepGraph(
  inputs: readonly Tensor[],
  { step, given }: Omit<ScanAttributes, "reverse"> & { readonly reverse?: boolean },
): ScanGraph {
  const [initial, ...others] = inputs;
  const { dtype, shape } = known(initial, "initial state");
  const leaves = [
    input("previous", [shape[0] ?? 1, step.width], dtype),
    ...others.map((one, i) => input(`x${i}`, i < given ? one.shape.slice(1) : one.shape, one.dtype)),
  ];
  const { next, saved = [] } = step.of(inputsOf(leaves, { stateWidth: step.stateWidth, given }));
  return { leaves, parts: [...next, ...saved] };
}

/** What a step sees of its leaves. */
export function inputsOf(
  [previous, ...others]: readonly Tensor[],
  { stateWidth, given }: { readonly stateWidth: number; readonly given: number },
): ScanInputs {
  const state = slice(known(previous, "previous"), { axis: 1, from: 0, to: stateWidth });
  return { state, given: others.slice(0, given), fixed: others.slice(given) };
}
