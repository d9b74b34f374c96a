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

/** Checks that what the package's manifest promises is there; true if so. */
async function check(folder: string): Promise<boolean> {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const { messages } = await publint({ pkgDir: folder, strict: true });
  for (const message of messages) console.log(`${folder}: ${formatMessage(message, manifest, { color: false })}`);
  return messages.length === 0;
}

for (const folder of packages) {
  if (!((await emit(folder)) && (await check(folder)))) process.exit(1);
  console.log(`built ${folder}/dist`);
}
