/** A cockpit over a store of its own, asked as browsers and strangers ask it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CockpitOptions, openCockpit } from "../../../src/server/cockpit/cockpit.ts";
import { openStore } from "../../../src/store/open.ts";
import type { RunStore } from "../../../src/store/run-store.ts";

/** What was answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface AskedCockpit {
  readonly url: string;
  readonly origin: string;
  readonly cookie: string;
  readonly store: RunStore;
  /** Asks with the head of a page of the server itself, but what is given in its place; undefined takes a line out. */
  readonly ask: (path: string, options?: AskOptions) => Promise<Answered>;
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: (path: string, body: object) => Promise<Answered>;
  /** Ends the server, and leaves the store. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
}

export interface AskedOptions extends CockpitOptions {
  /** Whether the pages are those that people see. */
  readonly realPages?: boolean;
}

/** Opens a store, by default in a new folder, and a cockpit over it, by default with pages of one line. */
export async function openAsked({
  realPages = false,
  store: given,
  ...options
}: AskedOptions = {}): Promise<AskedCockpit> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-cockpit-"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
  const place = given ?? join(folder, "runs.db");
  const store = await openStore(place);
  const cockpit = await openCockpit({ store: place, port: 0, ...(realPages ? {} : { pages: folder }), ...options });
  const { origin, port, searchParams } = new URL(cockpit.url);
  const cookie = `nabla-${port}=${searchParams.get("token")}`;
  const ask: AskedCockpit["ask"] = (path, { method = "GET", headers = {}, body } = {}) => {
    const own = { host: `127.0.0.1:${port}`, cookie, origin, "content-type": "application/json", ...headers };
    const sent = Object.fromEntries(Object.entries(own).filter(([, text]) => text !== undefined));
    return new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path, method, headers: sent }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      asked.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  };
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopped ??= cockpit.close();
    await stopped;
  };
  return {
    ...{ url: cockpit.url, origin, cookie, store, ask, stop },
    get: async (path) => JSON.parse((await ask(path)).text),
    post: async (path, body) => await ask(path, { method: "POST", body }),
    close: async () => {
      await stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
