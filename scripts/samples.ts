/**
 * Runs the samples of `docs/` and prints what they print. `node --conditions=nabla-source scripts/samples.ts adam dropout`
 * runs two of them, no name runs all; `--write` puts the output below each sample, `--json` prints one object, page name → output.
 */
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { type Page, readPages, writeOutput } from "./pages.ts";

const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const pages = readPages(".").filter(
  ({ name, sample }) => sample !== undefined && (!names.length || names.includes(name)),
);
const sources = new Map(pages.map((page) => [addressOf(page), page.sample?.code ?? ""]));

// A sample is a module beside its page, so that it finds what a program in this repository finds; no file is written.
registerHooks({
  resolve: (specifier, context, next) =>
    sources.has(specifier) ? { url: specifier, shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    sources.has(url)
      ? { format: "module-typescript", source: sources.get(url) ?? "", shortCircuit: true }
      : next(url, context),
});

function addressOf({ path }: Page): string {
  return pathToFileURL(path.replace(/\.md$/, ".sample.ts")).href;
}

/** What a sample prints; a sample that fails prints its error. */
async function outputOf(page: Page): Promise<string> {
  const log = console.log;
  const lines: string[] = [];
  console.log = (...values: readonly unknown[]) => void lines.push(format(...values));
  try {
    await import(addressOf(page));
  } catch (error) {
    lines.push(`the sample failed: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

const outputs: Record<string, string> = {};
for (const page of pages) {
  const output = await outputOf(page);
  outputs[page.name] = output;
  if (flags.includes("--write")) writeOutput(".", page, output);
  if (!flags.includes("--json")) console.log(`── ${page.name}\n${output}`);
}
if (flags.includes("--json")) console.log(JSON.stringify(outputs));
