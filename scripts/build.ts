/**
 * Builds what is published. `dist` in each package holds declarations by plain tsc; `dist/bundle` holds all code in few
 * files, since Node spends longer on finding a hundred files than on running them. The framework has its modules as they
 * are too, from which bundlers take what a page needs. publint checks the outcome.
 */
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { rolldown } from "rolldown";
import { runTool } from "./tool.ts";

interface Package {
  readonly folder: string;
  /** Files that something starts by their name: the command, and threads. */
  readonly started: readonly string[];
}

/** In the order of their needs: the workbench reads the declarations that the framework's build wrote. */
const packages: readonly Package[] = [
  { folder: "packages/nabla", started: ["src/engine/threads/worker.ts"] },
  {
    folder: "packages/workbench",
    started: [
      ...[
        "src/main.ts",
        "src/workers/trial-thread.ts",
        "src/runs/member-thread.ts",
        "src/server/cockpit/run-process.ts",
        "src/server/cockpit/plan-process.ts",
      ],
      ...["src/sources/prefetch-thread.ts", "src/exchange/hdf5-thread.ts", "src/host/interrupt-thread.ts"],
    ],
  },
];

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<
    Record<
      string,
      { readonly "nabla-source": string; readonly types: string; readonly node?: string; readonly default: string }
    >
  >;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
}

/** Compiles one package and adds the license; true if it compiled. */
async function emit({ folder }: Package): Promise<boolean> {
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  copyFileSync("LICENSE", `${folder}/LICENSE`);
  const { code } = await runTool("tsc", ["--project", `${folder}/tsconfig.build.json`], { show: true });
  return code === 0;
}

/** The name of a file without its folders and its ending. */
function stem(file: string): string {
  return file.replace(/^.*\//, "").replace(/\.[jt]s$/, "");
}

/**
 * Joins what belongs together. All files lie in one folder, as deep in the package as those of `src/host`: where code
 * starts a file beside it, and reads the package's manifest, it finds them from every chunk.
 */
async function bundle({ folder, started }: Package): Promise<void> {
  const entries = Object.values(manifestOf(folder).exports).map((entry) => [
    stem(entry.node ?? entry.default),
    entry["nabla-source"],
  ]);
  const build = await rolldown({
    cwd: resolve(folder),
    input: Object.fromEntries([...entries, ...started.map((file) => [stem(file), `./${file}`])]),
    platform: "node",
    // what the compiler itself brings in, to end what `using` declares, is no package that anybody installs
    external: (id) => !/^[./]/.test(id) && !id.startsWith("@oxc-project/runtime/"),
    transform: { target: "es2023" },
  });
  const { output } = await build.write({
    dir: resolve(folder, "dist/bundle"),
    format: "esm",
    sourcemap: true,
    // the package holds them as files
    sourcemapExcludeSources: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  });
  await build.close();
  const { dependencies = {} } = manifestOf(folder);
  const files = new Set(output.map(({ fileName }) => fileName));
  const wanted = output.flatMap((part) => (part.type === "chunk" ? [...part.imports, ...part.dynamicImports] : []));
  const missing = wanted.filter(
    (id) => !(files.has(id) || isBuiltin(id) || Object.hasOwn(dependencies, packageOf(id))),
  );
  if (missing.length > 0) throw new Error(`${folder} imports what it does not depend on: ${missing.join(", ")}`);
}

/** One file of the whole framework, for pages that no bundler builds. */
async function joinForPages(folder: string): Promise<void> {
  const build = await rolldown({
    cwd: resolve(folder),
    input: "./dist/index.js",
    platform: "browser",
    transform: { target: "es2023" },
  });
  await build.write({ file: resolve(folder, "dist/nabla.js"), format: "esm", minify: true });
  await build.close();
}

/** Builds the pages of `nabla ui`, which the workbench carries. */
async function buildPages(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, ["packages/web/build.ts", resolve(folder)]);
}

/** The package of an import: `nabla` of `nabla/tune`. */
function packageOf(id: string): string {
  return id.split("/", id.startsWith("@") ? 2 : 1).join("/");
}

/** Checks the declarations as a program does that trusts no library: with every one of them compiled; true if they hold. */
async function checkDeclarations(folder: string): Promise<boolean> {
  const entries = Object.values(manifestOf(folder).exports).map(({ types }) => `${folder}/${types}`);
  const strict = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "false"];
  const platform = ["--module", "nodenext", "--target", "esnext", "--lib", "esnext,dom"];
  const { code } = await runTool("tsc", [...strict, ...platform, ...entries], { show: true });
  return code === 0;
}

/** Checks that what the package's manifest promises is there; true if so. */
async function check(folder: string): Promise<boolean> {
  const { messages } = await publint({ pkgDir: folder, strict: true });
  for (const message of messages)
    console.log(`${folder}: ${formatMessage(message, { ...manifestOf(folder) }, { color: false })}`);
  return messages.length === 0;
}

for (const one of packages) {
  if (!(await emit(one))) process.exit(1);
  await bundle(one);
  if (one.folder === "packages/nabla") await joinForPages(one.folder);
  if (one.folder === "packages/workbench") await buildPages(`${one.folder}/dist/web`);
  if (!(await check(one.folder))) process.exit(1);
  // those of the workbench need the declarations of Node and of its dependencies
  if (one.folder === "packages/nabla" && !(await checkDeclarations(one.folder))) process.exit(1);
  console.log(`built ${one.folder}/dist`);
}
