/** `nabla export <model> --format onnx|keras|… [--out FILE]` */
import type { Command } from "commander";
import type { Exported } from "../exchange/export-model.ts";
import { findModel } from "./find-model.ts";
import { withStore } from "./options.ts";

interface ExportOptions {
  readonly format: string;
  readonly out?: string;
  readonly store?: string;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  withStore(command)
    .argument("<model>", "a model folder, or a run")
    .requiredOption("--format <format>", "onnx, safetensors, keras, tfjs, npz or js")
    .option("--out <file>", "where it goes (default: in this folder, called as the model)")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(place: string, { format, out, store, json }: ExportOptions): Promise<void> {
  const { basename, resolve } = await import("node:path");
  const { exportModel } = await import("../exchange/export-model.ts");
  const { formatNamed } = await import("../exchange/find-format.ts");
  formatNamed(format);
  const model = await findModel(place, store);
  const name = basename(resolve(place));
  const exported = await exportModel(model, { format, name, ...(out === undefined ? {} : { output: out }) });
  process.stdout.write(json === true ? `${JSON.stringify({ format, ...exported })}\n` : await textOf(format, exported));
}

async function textOf(format: string, { path, files, notices }: Exported): Promise<string> {
  const { formats } = await import("../exchange/formats.ts");
  const { factsText } = await import("../terminal/facts.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const { here } = await import("./shell.ts");
  const sizes = files.map(({ name, bytes }) => `${name} (${bytes.toLocaleString("en-US")} bytes)`);
  const facts: (readonly [string, string])[] = [
    ["Format", `${format}: ${formats[format]?.about ?? ""}`],
    [files.length > 1 ? "Folder" : "File", here(path)],
    ["Holds", sizes.join(", ")],
    ...notices.map((message): readonly [string, string] => ["Note", message]),
  ];
  return `${factsText(facts, styleFor(process.stdout))}\n`;
}
