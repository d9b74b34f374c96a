import { afterAll, beforeAll, beforeEach } from "vitest";
import { openStore, openStudyStore } from "../../src/store/open.ts";
import { storeKit } from "./kit.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";
import { studyKit } from "./study-kit.ts";

let server: PostgresServer;
let url = "";

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => await server[Symbol.asyncDispose]());
beforeEach(async () => {
  url = await server.createSchema();
});

storeKit("PostgreSQL", (host) => openStore(url, { host }));
studyKit("PostgreSQL", (host) => openStudyStore(url, { host }));
