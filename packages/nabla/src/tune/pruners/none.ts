import { pruner } from "../pruner.ts";

/** Lets every trial run to its end. */
export const none = pruner("none", {}, () => () => [], { help: "every trial runs to its end" });
