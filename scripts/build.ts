/** Builds what is published: `dist` in each package, JavaScript and declarations by plain tsc, then checked by publint. */
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { runTool } from "./tool.ts";

/** In the order of their needs: the workbench reads the declarations that the framework's build wrote. */
const packages = ["packages/nabla", "packages/workbench"];

/** Compiles one package and adds the license; true if it compiled. */
async function emit(folder: string): Promise<boolean> {
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  copyFileSync("LICENSE", `${folder}/LICENSE`);
  const { code } = await runTool("tsc", ["--project", `${folder}/tsconfig.build.json`], { show: true });
  return code === 0;
}

/** Checks the declarations as a program does that trusts no library: with every one of them compiled; true if they hold. */
async function checkDeclarations(folder: string): Promise<boolean> {
  const { exports } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest;
  const entries = Object.values(exports).map(({ types }) => `${folder}/${types}`);
  const strict = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "false"];
  const platform = ["--module", "nodenext", "--target", "esnext", "--lib", "esnext,dom"];
  const { code } = await runTool("tsc", [...strict, ...platform, ...entries], { show: true });
  return code === 0;
}

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
}

/** Checks that what the package's manifest promises is there; true if so. */
async function check(folder: string): Promise<boolean> {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const { messages } = await publint({ pkgDir: folder, strict: true });
  for (const message of messages) console.log(`${folder}: ${formatMessage(message, manifest, { color: false })}`);
  return messages.length === 0;
}

for (const folder of packages) {
  if (!((await emit(folder)) && (await check(folder)))) process.exit(1);
  // those of the workbench need the declarations of Node and of its dependencies
  if (folder === "packages/nabla" && !(await checkDeclarations(folder))) process.exit(1);
  console.log(`built ${folder}/dist`);
}
