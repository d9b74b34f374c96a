/** The worker of examples/serve, bundled for no host at all and run where there is nothing of Node. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import type { EdgeWorker } from "../../../../examples/serve/edge.ts";
import { openModel } from "../../src/runs/open-model.ts";
import { saveFlats, seen } from "./flats.ts";

test("a worker at the edge answers as the library does, by WebAssembly alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nabla-edge-"));
  const place = join(folder, "model");
  await saveFlats(place);
  const build = await rolldown({
    input: fileURLToPath(new URL("../../../../examples/serve/edge.ts", import.meta.url)),
    platform: "neutral",
    resolve: { conditionNames: ["nabla-source", "default"] },
    external: [/^node:/, "koffi"],
    // this module has no address, so that no threads are started by it
    transform: { define: { "import.meta": "{}" } },
  });
  const { output } = await build.generate({ format: "iife", name: "edge", codeSplitting: false });
  await build.close();
  // beside the language, WebAssembly included, what such a worker has
  const here = { TextDecoder, TextEncoder, URL, Request, Response, structuredClone, queueMicrotask };
  const context = createContext({ ...here });
  runInContext(output[0].code, context);
  const start: (description: string, weights: Uint8Array) => Promise<EdgeWorker> = runInContext(
    "edge.edgeWorker",
    context,
  );
  const worker = await start(
    await readFile(join(place, "model.json"), "utf8"),
    new Uint8Array(await readFile(join(place, "weights.safetensors"))),
  );
  const post = async (body: string): Promise<Response> =>
    await worker.fetch(new Request("https://edge.example/predict", { method: "POST", body }));
  const model = await openModel(place);
  expect(await (await post(JSON.stringify(seen))).json()).toEqual(await model.predict(seen));
  expect(await (await post(JSON.stringify(seen[3]))).json()).toEqual(await model.predict(seen[3] ?? {}));
  const bad = await post('{"area": "large", "built": "1960-01-01"}');
  expect([bad.status, await bad.json()]).toEqual([
    400,
    expect.objectContaining({ error: expect.stringContaining("column area") }),
  ]);
  await rm(folder, { recursive: true, force: true });
});
