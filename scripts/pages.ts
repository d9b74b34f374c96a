/** The pages of `docs/`: what stands in them, and the sample of each with the output below it. */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { posix } from "node:path";

/** A program in a page, at most fifteen lines, and what stands below it as printed. */
export interface Sample {
  readonly code: string;
  readonly output: string;
}

/** A page; `name` is its file's without `.md`. A page of a technique has a sample, the index has none. */
export interface Page {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly sample: Sample | undefined;
}

const sample = /^```ts\n(?<code>[\s\S]*?)^```\n(?<between>[^`]*?)^```text\n(?<output>[\s\S]*?)^```$/m;

/** Reads every page under `docs`, sorted by name. */
export function readPages(root: string): Page[] {
  return globSync("docs/*.md", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => {
      const text = readFileSync(posix.join(root, path), "utf8").replaceAll("\r\n", "\n");
      const { code, output } = sample.exec(text)?.groups ?? {};
      return {
        name: posix.basename(path, ".md"),
        path,
        text,
        sample: code === undefined || output === undefined ? undefined : { code, output: output.trimEnd() },
      };
    });
}

/** Puts what the sample printed below it. */
export function writeOutput(root: string, { path, text }: Page, output: string): void {
  const changed = text.replace(sample, (_, code: string, between: string) => {
    return `\`\`\`ts\n${code}\`\`\`\n${between}\`\`\`text\n${output}\n\`\`\``;
  });
  if (changed !== text) writeFileSync(posix.join(root, path), changed);
}
