import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSources, type SourceFile } from "../sources.ts";

/** Writes a small repository with these files under packages/<house>/src; it is gone at the end of `using`. */
export function plantRepository(
  sources: Readonly<Record<string, string>>,
  house = "nabla",
): Disposable & { readonly root: string; readonly files: readonly SourceFile[] } {
  const root = mkdtempSync(join(tmpdir(), "nabla-planted-"));
  const manifest = { name: "nabla", type: "module", exports: { ".": { "nabla-source": "./src/index.ts" } } };
  write(join(root, "packages/nabla/package.json"), JSON.stringify(manifest));
  for (const [path, text] of Object.entries(sources)) write(join(root, "packages", house, "src", path), text);
  return { root, files: readSources(root), [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
