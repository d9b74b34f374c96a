/**
 * A model in a Hono server of one's own, beside whatever else it does: `node examples/serve/hono.ts model 8080`. On Cloudflare, Deno or
 * Bun the same `app` is what the platform calls; there the model is opened as in edge.ts.
 */
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { openModel } from "@nabla/workbench";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { NablaError } from "nabla";
import type { Row, RowModel } from "nabla/answers";

const limit = bodyLimit({
  maxSize: 2 ** 20,
  onError: (c) => c.json({ error: "the request has more than 1 MiB" }, 413),
});

/** The routes of the server: POST /predict takes a row, or a list of rows, as JSON. */
export function appOf(model: RowModel): Hono {
  const app = new Hono();
  app.get("/health", (c) => c.json({ status: "ok", target: model.preparation.target.name }));
  app.post("/predict", limit, async (c) => c.json(await model.predict(await c.req.json<Row>())));
  app.onError((error, c) => {
    // a sentence that names the column is for whoever asked; anything else is not
    if (error instanceof NablaError) return c.json({ error: error.message, hint: error.hint }, 400);
    if (error instanceof SyntaxError) return c.json({ error: "the body is no JSON" }, 400);
    return c.json({ error: "the prediction failed" }, 500);
  });
  return app;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = "model", port = "8080"] = process.argv.slice(2);
  const app = appOf(await openModel(folder));
  serve({ fetch: app.fetch, port: Number(port), hostname: "127.0.0.1" }, ({ port: bound }) =>
    console.log(`http://127.0.0.1:${bound}`),
  );
}
