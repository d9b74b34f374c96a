/**
 * Runs several command lines of one nabla after each other, without a start of Node for each:
 * `node run-commands.ts <order.json> <answers.json>`. What the commands print goes into the answers.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { pathToFileURL } from "node:url";
import type { Answer, Order } from "./commands.ts";

enableCompileCache();
const [orderFile = "", answersFile = ""] = process.argv.slice(2);
const { main, lines } = JSON.parse(readFileSync(orderFile, "utf8")) as Order;
const answers: Answer[] = [];
let printed = { stdout: "", stderr: "" };

function capture(name: "stdout" | "stderr"): void {
  const stream = process[name];
  // Each command adds listeners that end with its process.
  stream.setMaxListeners(0);
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    printed = {
      ...printed,
      [name]: printed[name] + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()),
    };
    for (const done of rest) if (typeof done === "function") done();
    return true;
  };
}

process.setMaxListeners(0);
capture("stdout");
capture("stderr");
for (const [i, words] of lines.entries()) {
  printed = { stdout: "", stderr: "" };
  process.argv = [process.execPath, main, ...words];
  process.exitCode = undefined;
  await import(`${pathToFileURL(main).href}?command=${i}`);
  answers.push({ words, code: Number(process.exitCode ?? 0), ...printed });
}
process.exitCode = 0;
writeFileSync(answersFile, JSON.stringify(answers));
