/** Puts the deferred engine in the place of the default one, here and in the processes that a test starts. */
import { vi } from "vitest";
import type * as Engines from "../../../src/engine/wasm/engine.ts";
import { deferred } from "./engine.ts";

vi.mock("../../../src/engine/wasm/engine.ts", async (original) => {
  const engines = await original<typeof Engines>();
  return { ...engines, wasm: deferred(engines.wasm) };
});

process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import=${new URL("./hooks.ts", import.meta.url).href}`;
