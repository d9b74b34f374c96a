import type { Kernel, Value } from "../loop.ts";
import { valuesOf } from "./nest.ts";
import { operationCost } from "./scalar-operations.ts";

/**
 * Whether a host that joins vectors may join those of a kernel. Calls among joined vectors make V8 13.6 end the process
 * ("unreachable code"): random programs found it. Kernels with calls are printed so that nothing in them can be joined.
 */
export function isJoinable(kernel: Kernel, { wide = false }: { readonly wide?: boolean | undefined }): boolean {
  if (kernel.kind === "matmul") return !valuesOf(kernel.epilogue?.stores ?? []).some(isFunction);
  if (kernel.kind === "blocked") return kernel.kernels.every((one) => isJoinable(one, { wide }));
  if (kernel.kind !== "loop") return true;
  return !valuesOf(kernel.stores).some((value) => isFunction(value) && (wide || isCalled(value)));
}

/** Whether a value takes more than an instruction or two. */
function isFunction(value: Value): boolean {
  return value.kind === "apply" && operationCost(value.name) > 1;
}

/** In float32 the other functions are written where they are used. */
function isCalled(value: Value): boolean {
  return value.kind === "apply" && (value.name === "sin" || value.name === "cos" || value.name === "power");
}
