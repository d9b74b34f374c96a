import type { Engine } from "../../../src/engine/contract.ts";
import { wasm as engine } from "../../../src/engine/wasm/engine.ts";
import { deferred } from "./engine.ts";

// all else is the engine's own: what is declared here goes before what is handed on under the same name
export * from "../../../src/engine/wasm/engine.ts";

export const wasm: Engine = deferred(engine);
