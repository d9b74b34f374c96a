/** The server of `nabla ui`: runs of a store in a browser of this machine, looked at and steered. */
import { randomBytes } from "node:crypto";
import { createAdaptorServer } from "@hono/node-server";
import { NablaError } from "nabla";
import { ChildService } from "../../host/child-program.ts";
import { openStores } from "../../store/open.ts";
import { findStore } from "../../store/store-place.ts";
import { cockpitApp } from "./cockpit-app.ts";
import { LiveEvents } from "./events.ts";
import { LOCAL_NAMES } from "./local-names.ts";
import { pageFolder } from "./page-folder.ts";
import type { DataQuestion } from "./plan-process.ts";
import { RunIndex } from "./run-index.ts";
import { StudyIndex } from "./study-index.ts";

/** Milliseconds that a store which is away is waited for: pages rather hear what is the matter, and ask again when it is back. */
const OUTAGE = 2000;

/** What `openCockpit` serves, and where. */
export interface CockpitOptions {
  /** As `--store` has it. Default: NABLA_STORE, else `.nabla/nabla.db`. */
  readonly store?: string;
  /** 0 takes a free one; default 7777. */
  readonly port?: number;
  /** Default 127.0.0.1; another one needs `readOnly`. */
  readonly host?: string;
  /** Whether pages may only look. Default no. */
  readonly readOnly?: boolean;
  /** Gives the file of the report of a run, written where it is not there. Without it pages show none. */
  readonly report?: (run: string, place: string) => Promise<string>;
  /** The folder of the pages; default what the package carries. */
  readonly pages?: string;
}

/** A server that answers. */
export interface Cockpit {
  /** With the token: who opens it is let in. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Opens the store and serves its pages. Throws what `openStore` throws, `ui/host` for an address of other machines that
 * may change things, `serve/port` where it cannot listen, and `ui/build`.
 */
export async function openCockpit(options: CockpitOptions = {}): Promise<Cockpit> {
  const { port = 7777, host = "127.0.0.1", readOnly = false, report } = options;
  if (!LOCAL_NAMES.includes(host) && !readOnly) {
    const hint = "--read-only lets others look; to steer from elsewhere put a proxy with TLS on this machine before it";
    throw new NablaError("ui/host", `at ${host} other machines could change and delete runs`, hint);
  }
  const folder = options.pages ?? (await pageFolder());
  const place = findStore(options.store, process.env, process.cwd());
  const stores = await openStores(place, { create: true, outage: OUTAGE, say: () => {} });
  const { runs: store, studies } = stores;
  const token = randomBytes(24).toString("base64url");
  const events = new LiveEvents(randomBytes(6).toString("hex"));
  const index = new RunIndex(store, {
    onChange: (ids) => events.send("runs", ids),
    onNews: (news) => events.send("news", news),
    // a file is asked more often than a server elsewhere
    poll: place.kind === "sqlite" ? 50 : 150,
    onFailure: (error) => events.send("store", error === undefined ? null : failureText(error)),
  });
  const study = new StudyIndex(studies, (names) => events.send("studies", names));
  await index.open();
  await study.open();
  let bound = port;
  const guarded = { token, host, port: () => bound };
  const data = new ChildService<DataQuestion>("./plan-process", import.meta.url);
  const parts = { store, place, index, studies, study, events, readOnly, data, folder, guarded };
  const app = cockpitApp({ ...parts, ...(report ? { report } : {}) });
  // an address holds a thousand runs that are selected
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { maxHeaderSize: 65_536 } });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "something else listens there" : error.message;
      reject(new NablaError("serve/port", `cannot listen at ${host}, port ${port}: ${why}`, "choose another --port"));
    });
    server.listen(port, host, () => resolve());
  }).catch(async (error: unknown) => {
    index.close();
    study.close();
    await stores[Symbol.asyncDispose]();
    throw error;
  });
  const address = server.address();
  if (typeof address === "object" && address !== null) bound = address.port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/?token=${token}`,
    close: async () => {
      index.close();
      study.close();
      data.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // streams have no end of their own
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
      await stores[Symbol.asyncDispose]();
    },
  };
}

function failureText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
