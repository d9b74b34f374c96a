import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openStore, openStudyStore } from "../../src/store/open.ts";
import { storeKit } from "./kit.ts";
import { studyKit } from "./study-kit.ts";

// Node before 22.16 does not tell which columns a statement has
const { columns } = StatementSync.prototype;
beforeAll(() => void Reflect.deleteProperty(StatementSync.prototype, "columns"));
afterAll(() => void Object.assign(StatementSync.prototype, { columns }));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

storeKit("SQLite of an older Node", (host) => openStore(join(folder, "runs.db"), { host }));
studyKit("SQLite of an older Node", (host) => openStudyStore(join(folder, "runs.db"), { host }));
