import { Kysely } from "kysely";
import type { Client as ClientBase, ClientConfig } from "pg";
import { postgresDialect } from "./postgres-dialect.ts";
import { Patience, type PatienceOptions } from "./server-patience.ts";
import type { StorePlace } from "./store-place.ts";

/** How a server is spoken to. */
export interface PostgresOptions extends PatienceOptions {
  /** Connections at most. The default is small: a thousand workers share what a server has. */
  readonly connections?: number;
}

const CONNECTIONS = 4;

/** Milliseconds for a connection to be made. */
const CONNECTING = 10_000;

const int8 = 20; // select oid from pg_type where typname = 'int8'

/** Opens a database of a PostgreSQL server; connections are made on demand. Throws `postgresFailure`'s errors. */
export async function openPostgres<Tables>(
  { address, shown }: StorePlace,
  { connections = CONNECTIONS, ...patience }: PostgresOptions,
): Promise<Kysely<Tables>> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: address,
    application_name: "nabla",
    max: connections,
    Client: impatient(pg.Client),
    // A server behind a firewall that drops packets is as good as down.
    query_timeout: 300_000,
    keepAlive: true,
    types: {
      // Numbers of ours are safe integers, and pg gives texts for int8.
      getTypeParser: ((oid: number, format: "text") =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // Without listeners, a server that stops would end this process; who uses a connection is notified anyway.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return new Kysely<Tables>({
    dialect: postgresDialect({ pool, place: shown, patience: new Patience(shown, patience) }),
  });
}

/** Set on the pool, the limit would also cover waiting in the pool's own queue for this process's other work. */
function impatient(Client: typeof ClientBase): typeof ClientBase {
  return class extends Client {
    constructor(config: ClientConfig) {
      super({ ...config, connectionTimeoutMillis: CONNECTING });
    }
  };
}
