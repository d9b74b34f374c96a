/** A graph with its arrays taken out, so that graphs of one form are one program whichever numbers they hold. */
import type { NdArray } from "../array/ndarray.ts";
import { known } from "../base/error.ts";
import { input, isConstant, isInput, nameOf, valueOfConstant } from "./leaf.ts";
import { remake } from "./op.ts";
import type { Tensor } from "./tensor.ts";
import { walk } from "./walk.ts";

/** A graph that reads what was constant in it as inputs. */
export interface FedArrays {
  readonly output: Tensor;
  /** The arrays by the names of those inputs. */
  readonly fed: Readonly<Record<string, NdArray>>;
}

/** The graph with its constant arrays as inputs; single numbers stay, since they are part of what is computed. */
export function withFedArrays(tensor: Tensor): FedArrays {
  const made = new Map<Tensor, Tensor>();
  const fed: Record<string, NdArray> = {};
  const taken = new Set(walk([tensor]).filter(isInput).map(nameOf));
  for (const node of walk([tensor])) {
    if (isArray(node)) {
      const name = freeName(taken);
      taken.add(name);
      fed[name] = valueOfConstant(node);
      made.set(node, input(name, node.shape, node.dtype));
    } else {
      const inputs = node.inputs.map((from) => known(made.get(from), "node"));
      made.set(node, inputs.every((from, i) => from === node.inputs[i]) ? node : remake(node, inputs, node.attributes));
    }
  }
  return { output: known(made.get(tensor), "output"), fed };
}

function freeName(taken: ReadonlySet<string>): string {
  let number = 0;
  while (taken.has(`array ${number}`)) number += 1;
  return `array ${number}`;
}

function isArray(node: Tensor): boolean {
  return isConstant(node) && node.shape.length > 0;
}
