/** The addresses of models. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import type { Context, Hono } from "hono";
import { NablaError } from "nabla";
import { formats } from "../../exchange/formats.ts";
import type { DecisionBoundary } from "../../runs/decision-boundary.ts";
import type { SavedThreshold } from "../../runs/save-threshold.ts";
import { imageFormatOf } from "../../sources/image-format.ts";
import type {
  AnsweredRow,
  ComparedModels,
  ErrorsOfRun,
  ExportFormat,
  LookedRows,
  ModelDetails,
  OpenedTest,
  ThresholdsOfRun,
} from "./api-models.ts";
import type { CockpitParts } from "./cockpit-parts.ts";
import { formRequest, parametersOf, runsRequest, sentData, thresholdRequest } from "./request-data.ts";
import { lineOf } from "./run-index.ts";

/** Questions about models, and what is made of them. */
export function addModels(app: Hono, { index, place, data, readOnly }: CockpitParts): void {
  const store = place.address;
  const runOf = async (context: Context): Promise<string> => (await lineOf(index, context.req.param("id") ?? "")).id;
  app.get("/api/models", (context) => context.json(index.models));
  app.get("/api/formats", (context) =>
    context.json(
      Object.entries(formats).flatMap(([name, { about, write }]): readonly ExportFormat[] =>
        write === undefined ? [] : [{ name, about }],
      ),
    ),
  );
  app.get("/api/models/:id", async (context) =>
    context.json(await data.ask<ModelDetails>({ kind: "model", store, run: await runOf(context) })),
  );
  app.post("/api/models/:id/answer", async (context) => {
    const row = formRequest(await sentData(context));
    return context.json(await data.ask<AnsweredRow>({ kind: "answer", store, run: await runOf(context), row }));
  });
  app.post("/api/models/:id/picture", async (context) => {
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const ending = imageFormatOf(bytes);
    if (ending === undefined) throw new NablaError("ui/picture", "expected a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF");
    const picture = { bytes: Buffer.from(bytes).toString("base64"), ending };
    return context.json(await data.ask<AnsweredRow>({ kind: "picture", store, run: await runOf(context), ...picture }));
  });
  app.post("/api/models/:id/test", async (context) => {
    const opened = await data.ask<OpenedTest>({ kind: "test", store, run: await runOf(context) });
    await index.refresh();
    return context.json(opened);
  });
  app.post("/api/compare", async (context) =>
    context.json(
      await data.ask<ComparedModels>({ kind: "compare", store, runs: runsRequest(await sentData(context)) }),
    ),
  );
  app.get("/api/runs/:id/errors", async (context) =>
    context.json(await data.ask<ErrorsOfRun>({ kind: "errors", store, run: await runOf(context) })),
  );
  app.get("/api/runs/:id/errors/:truth/:predicted", async (context) => {
    const [truth, predicted] = [Number(context.req.param("truth")), Number(context.req.param("predicted"))];
    const run = await runOf(context);
    return context.json(await data.ask<LookedRows>({ kind: "rows", store, run, truth, predicted }));
  });
  app.get("/api/runs/:id/thresholds", async (context) =>
    context.json(await data.ask<ThresholdsOfRun>({ kind: "thresholds", store, run: await runOf(context) })),
  );
  app.get("/api/runs/:id/boundary", async (context) => {
    const asked = parametersOf(context);
    const columns = { x: asked.get("x") ?? undefined, y: asked.get("y") ?? undefined };
    return context.json(
      await data.ask<DecisionBoundary>({ kind: "boundary", store, run: await runOf(context), columns }),
    );
  });
  app.post("/api/runs/:id/threshold", async (context) => {
    const from = thresholdRequest(await sentData(context));
    const saved = await data.ask<SavedThreshold>({ kind: "threshold", store, run: await runOf(context), from });
    await index.refresh();
    return context.json(saved);
  });
  app.get("/export/:id/:format", async (context) => {
    if (readOnly) throw new NablaError("ui/read-only", "this server only lets look");
    const folder = await mkdtemp(join(tmpdir(), "nabla-export-"));
    try {
      const { format } = context.req.param();
      const run = await runOf(context);
      const { path } = await data.ask<{ readonly path: string }>({ kind: "export", store, run, format, folder });
      context.header("content-type", "application/octet-stream");
      context.header("content-disposition", `attachment; filename="${safeName(path)}"`);
      return context.body(new Uint8Array(await readFile(path)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** The name of a file in a header: runs are called as their data. */
export function safeName(path: string): string {
  const ending = extname(path);
  return `${basename(path, ending).replace(/[^\w.-]/g, "_")}${ending}`;
}
