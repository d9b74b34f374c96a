/** The ops. An engine has a kernel for each; the compiler reports which is missing. */
export * from "./contraction.ts";
export * from "./elementwise.ts";
export * from "./movement.ts";
export * from "./reduce.ts";
export * from "./selection.ts";
export { patches, unpatches } from "./window.ts";
