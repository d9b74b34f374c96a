// Opens stores where nobody may write, and prints how it is refused: node open.ts PATH... Gives up root first.
import { NablaError } from "nabla";
// Loaded before the user changes, who may not be allowed to read them.
import "kysely";
import "../../../src/store/sql-run-store.ts";
import "../../../src/store/sqlite.ts";
import { openStore } from "../../../src/store/open.ts";

if (process.getuid?.() === 0) process.setuid?.("nobody");
for (const path of process.argv.slice(2)) {
  await openStore(path).catch((error: unknown) => {
    if (!(error instanceof NablaError)) throw error;
    process.stdout.write(`${error.code}\n`);
  });
}
