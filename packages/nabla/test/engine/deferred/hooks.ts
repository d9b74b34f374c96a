/** For a process: whoever imports the default engine gets the deferred one. */
import { registerHooks } from "node:module";

const engine = new URL("../../../src/engine/wasm/engine.ts", import.meta.url).href;
const standIn = new URL("./wasm.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    return found.url === engine && context.parentURL !== standIn ? { ...found, url: standIn } : found;
  },
});
