import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { database, literal } from "../../src/sources/database.ts";

test.each(["rows.parquet", "[a]*?.parquet"])("a database for %s reaches that file and nothing else", async (name) => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-database-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  await using db = await database(path);
  await db.rows(`COPY (SELECT 1 AS a) TO ${literal(path)} (FORMAT parquet)`);
  expect(await db.rows(`SELECT * FROM read_parquet(${literal(path.replace(/[[*?]/g, "[$&]"))})`)).toEqual([[1]]);
  const other = join(mkdtempSync(join(tmpdir(), "nabla-other-")), "other.csv");
  writeFileSync(other, "a\n1\n");
  for (const sql of [
    `SELECT * FROM read_csv(${literal(other)})`,
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
    "SET enable_external_access = true",
    `ATTACH ${literal(join(tmpdir(), "x.db"))}`,
  ])
    await expect(db.rows(sql), sql).rejects.toThrow();
});
