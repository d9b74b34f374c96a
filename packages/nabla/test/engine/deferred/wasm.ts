import type { Engine } from "../../../src/engine/contract.ts";
import { wasm as engine } from "../../../src/engine/wasm/engine.ts";
import { deferred } from "./engine.ts";

export { wasmWith } from "../../../src/engine/wasm/engine.ts";

export const wasm: Engine = deferred(engine);
