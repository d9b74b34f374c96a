/** Where the files of the first version lie, and how a store that was made in one folder is opened in another. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { compile, detectFeatures, input, ndarray, ops } from "nabla";

/** The fixtures. */
export const fixtures: string = fileURLToPath(new URL("../fixtures/first-version", import.meta.url));

/** What a store names its own folder: a path that no machine has. */
export const madeIn = "/the/folder/of/the/first/version";

/** A copy of the fixtures as a folder that somebody works in; its store names the copy. */
export function workingCopy(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nabla-first-version-")));
  for (const name of ["data", "experiments", "models", "space.yaml"])
    cpSync(join(fixtures, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, ".nabla"));
  cpSync(join(fixtures, "store"), join(folder, ".nabla"), { recursive: true });
  renameIn(join(folder, ".nabla", "nabla.db"), new Map([[madeIn, folder]]));
  return folder;
}

/** Replaces texts in every row of a store: paths are absolute there. */
export function renameIn(file: string, names: ReadonlyMap<string, string>): void {
  const database = new DatabaseSync(file);
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
  for (const { name: table } of tables) {
    const columns = database.prepare(`select name from pragma_table_info('${table}') where type = 'TEXT'`).all();
    for (const { name: column } of columns)
      for (const [from, to] of names)
        database
          .prepare(`update ${table} set ${column} = replace(${column}, ?, ?)`)
          .run(from, JSON.stringify(to).slice(1, -1));
  }
  database.exec("vacuum");
  database.close();
}

/**
 * Whether this processor computes a product and a sum in one rounding, as the one that made the fixtures does. Where it
 * does not, trained weights have other last bits.
 */
export async function isFused(): Promise<boolean> {
  if (!detectFeatures().fused) return false;
  const x = 1 + 2 ** -12;
  // x² - (1 + 2^-11) is 2^-24, which is lost where x² is rounded first
  const [row, column] = [input("row", [1, 2]), input("column", [2, 1])];
  const program = await compile({ inputs: [row, column], outputs: { sum: ops.matmul(row, column) } });
  const feeds = {
    row: ndarray(Float32Array.of(-(1 + 2 ** -11), x), [1, 2]),
    column: ndarray(Float32Array.of(1, x), [2, 1]),
  };
  return (await program.run(feeds)).sum?.data[0] === 2 ** -24;
}
