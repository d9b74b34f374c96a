/** Builds the pages into a folder: `node packages/web/build.ts <folder>`. */
import { fileURLToPath } from "node:url";
import { build } from "vite";

const [, , folder = fileURLToPath(new URL("../workbench/dist/web", import.meta.url))] = process.argv;

await build({
  root: fileURLToPath(new URL(".", import.meta.url)),
  configFile: false,
  logLevel: "warn",
  resolve: { conditions: ["nabla-source", "module", "browser"] },
  build: {
    outDir: folder,
    emptyOutDir: true,
    target: "es2023",
    // the policy of the server lets no page hold scripts or data of its own
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
