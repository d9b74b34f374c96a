/** `npx vite examples/web` serves the page from the sources of this repository; elsewhere it needs no configuration. */
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  resolve: { conditions: ["nabla-source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: { target: "esnext" },
});
