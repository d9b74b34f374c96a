import type { Kernel, Lowered, Value } from "../loop.ts";
import type { Features } from "./features.ts";
import { valuesOf } from "./nest.ts";
import { operationCost } from "./scalar-operations.ts";

/**
 * The features that a program is printed and compiled with. Calls among vectors that are joined make V8 13.6 end the process
 * ("unreachable code"): the products of random programs found it, so a program with a call goes without the revectorizer.
 */
export function featuresFor(lowered: Pick<Lowered, "kernels" | "wide">, features: Features): Features {
  if (!features.revectorized) return features;
  const isWide = lowered.wide === true;
  return { ...features, revectorized: !lowered.kernels.some((kernel) => hasCall(kernel, isWide)) };
}

function hasCall(kernel: Kernel, isWide: boolean): boolean {
  if (kernel.kind === "blocked") return kernel.kernels.some((one) => hasCall(one, isWide));
  if (kernel.kind === "matmul") return valuesOf(kernel.epilogue?.stores ?? []).some(isFunction);
  return (
    kernel.kind === "loop" && valuesOf(kernel.stores).some((value) => isFunction(value) && (isWide || isCalled(value)))
  );
}

/** Whether a value takes more than an instruction or two. */
function isFunction(value: Value): boolean {
  return value.kind === "apply" && operationCost(value.name) > 1;
}

/** In float32 the other functions are written where they are used. */
function isCalled(value: Value): boolean {
  return value.kind === "apply" && (value.name === "sin" || value.name === "cos" || value.name === "power");
}
