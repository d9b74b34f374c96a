import { defineConfig } from "vitest/config";

const LIGHT = [
  "packages/nabla/test/{base,data,diagnose,exchange,nn,optim,reading,testing,tf1,train,tune,worker}/**/*.test.ts",
  "packages/nabla/test/surface.test.ts",
];

const conditions = ["nabla-source", "module", "node", "development"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      // What only computes shares a process, and loads the framework once.
      {
        extends: true,
        test: { name: "light", include: LIGHT, setupFiles: ["scripts/test/setup.ts"], isolate: false },
      },
      {
        extends: true,
        test: {
          name: "all",
          include: ["packages/*/test/**/*.test.ts", "scripts/test/**/*.test.ts"],
          exclude: LIGHT,
          setupFiles: ["scripts/test/setup.ts"],
        },
      },
      // Trainings once more, on an engine whose every answer comes late.
      {
        extends: true,
        test: {
          name: "deferred",
          include: [
            "packages/nabla/test/train/*.test.ts",
            "packages/nabla/test/first-version.test.ts",
            "packages/workbench/test/commands/adjust.test.ts",
          ],
          setupFiles: ["scripts/test/setup.ts", "packages/nabla/test/engine/deferred/setup.ts"],
        },
      },
      // The engine once more on 128 bits, as hosts compute that join no vectors.
      {
        extends: true,
        test: {
          name: "128 bits",
          include: ["packages/nabla/test/engine/*.test.ts", "packages/nabla/test/engine/wasm/*.test.ts"],
          exclude: ["**/threads-process.test.ts", "**/revectorizer.test.ts"],
          setupFiles: ["scripts/test/setup.ts"],
          env: { NABLA_REVECTORIZE: "off" },
        },
      },
    ],
    // Threads that a test starts resolve `nabla` to the sources too.
    execArgv: ["--conditions=nabla-source"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
