/** The Hono server of examples/serve, asked over HTTP. */
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { expect, test } from "vitest";
import { appOf } from "../../../../examples/serve/hono.ts";
import { openModel } from "../../src/runs/open-model.ts";
import { saveFlats, seen } from "./flats.ts";

test("a Hono server answers as the library does, and says which column is wrong", async () => {
  const place = join(await mkdtemp(join(tmpdir(), "nabla-hono-")), "model");
  await saveFlats(place);
  const model = await openModel(place);
  const app = appOf(model);
  const address = await new Promise<AddressInfo & { close: () => void }>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) =>
      resolve({ ...info, close: () => server.close() }),
    );
  });
  const ask = async (body: string): Promise<readonly [number, unknown]> => {
    const answer = await fetch(`http://127.0.0.1:${address.port}/predict`, { method: "POST", body });
    return [answer.status, await answer.json()];
  };
  try {
    expect(await ask(JSON.stringify(seen))).toEqual([200, await model.predict(seen)]);
    expect(await ask(JSON.stringify(seen[3]))).toEqual([200, await model.predict(seen[3] ?? {})]);
    const [status, wrong] = await ask('{"area": "large", "built": "1960-01-01"}');
    expect([status, wrong]).toEqual([400, expect.objectContaining({ error: expect.stringContaining("column area") })]);
    expect(await ask("no JSON")).toEqual([400, { error: "the body is no JSON" }]);
    expect(await ask(`[${" ".repeat(2 ** 20)}]`)).toEqual([413, { error: "the request has more than 1 MiB" }]);
    const health = await fetch(`http://127.0.0.1:${address.port}/health`);
    expect(await health.json()).toEqual({ status: "ok", target: "kind" });
  } finally {
    address.close();
    await rm(join(place, ".."), { recursive: true, force: true });
  }
});
