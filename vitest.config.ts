import { defineConfig } from "vitest/config";

const conditions = ["nabla-source", "module", "node", "development"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "scripts/test/**/*.test.ts"],
    setupFiles: ["scripts/test/setup.ts"],
    // Threads that a test starts resolve `nabla` to the sources too.
    execArgv: ["--conditions=nabla-source"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
