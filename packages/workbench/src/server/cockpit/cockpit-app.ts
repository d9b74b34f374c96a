/** The addresses of the server of `nabla ui`. */
import { readFile } from "node:fs/promises";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compact, NablaError } from "nabla";
import { libraryVersion } from "../../host/version.ts";
import { adjustRun } from "../../live/call.ts";
import { removeRun } from "../../runs/remove-run.ts";
import type { RunStore } from "../../store/run-store.ts";
import type { CockpitFacts, CurveAxis, LiveSettings, RunCurves, RunLine } from "./api.ts";
import type { CockpitParts } from "./cockpit-parts.ts";
import { CURVE_MEASURES, curveOf, marksOn } from "./curves.ts";
import { guard } from "./guard.ts";
import { addModels } from "./model-routes.ts";
import { pageFiles } from "./page-files.ts";
import {
  commandsRequest,
  LARGEST,
  markRequest,
  notesRequest,
  parametersOf,
  runsRequest,
  sentData,
} from "./request-data.ts";
import { runDetails } from "./run-details.ts";
import { keptHistory, lineOf, type RunIndex } from "./run-index.ts";
import { addRunPanels } from "./run-panels.ts";
import { queryRuns, runQueryOf, wholeIn } from "./run-query.ts";
import { addStarts } from "./start-routes.ts";
import { addStudies } from "./study-routes.ts";
import { themeSheet } from "./theme.ts";

/** Runs that one question for curves may name. */
const MOST_CURVES = 1000;

/** A report may hold its own style, and nothing that runs. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";

/** All routes; whoever is not let in reaches none of them. */
export function cockpitApp(parts: CockpitParts): Hono {
  const { events, folder, guarded, readOnly } = parts;
  const app = new Hono();
  app.use(guard(guarded));
  const limited = bodyLimit({ maxSize: LARGEST });
  // a file that is dropped on a page goes to the disk piece by piece
  app.use(async (context, next) => await (context.req.path === "/api/files" ? next() : limited(context, next)));
  app.onError((error, context) => refused(context, error));
  app.get("/theme.css", (context) => context.body(themeSheet, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/api/events", (context) => events.stream(context));
  app.use("/api/*", async (context, next) => {
    if (readOnly && context.req.method !== "GET") throw new NablaError("ui/read-only", "this server only lets look");
    await next();
  });
  addQuestions(app, parts);
  addActions(app, parts);
  addStarts(app, parts);
  addStudies(app, parts);
  addModels(app, parts);
  addRunPanels(app, parts);
  app.all("/api/*", (context) => context.json(errorOf(new NablaError("ui/path", "there is nothing here")), 404));
  app.get("*", pageFiles(folder));
  return app;
}

function addQuestions(app: Hono, { index, place, readOnly, store, report }: CockpitParts): void {
  app.get("/api/facts", async (context) =>
    context.json<CockpitFacts>({ store: place.shown, version: await libraryVersion(), readOnly }),
  );
  app.get("/api/runs", (context) => context.json(queryRuns(index.lines, runQueryOf(parametersOf(context)))));
  app.get("/api/curves", async (context) => context.json(await curvesFor(index, parametersOf(context))));
  app.get("/api/runs/:id", async (context) => {
    const run = await keptHistory(index, context.req.param("id"));
    const line = await lineOf(index, run.id);
    const children = [...index.lines].filter(({ parent, deleted }) => parent === run.id && !deleted);
    return context.json(runDetails(run, { line, ancestors: ancestorsOf(index, line), children }));
  });
  app.get("/api/runs/:id/live", async (context) =>
    context.json(await liveSettings((await lineOf(index, context.req.param("id"))).id, store)),
  );
  app.get("/report/:id", async (context) => {
    const { id } = await lineOf(index, context.req.param("id"));
    if (report === undefined) throw new NablaError("ui/report", "this server writes no reports");
    const html = await readFile(await report(id, place.address), "utf8");
    context.header("x-frame-options", "SAMEORIGIN");
    context.header("content-security-policy", REPORT_POLICY);
    return context.html(html);
  });
}

function addActions(app: Hono, { index, store }: CockpitParts): void {
  app.post("/api/marks", async (context) => {
    const { runs, marks } = markRequest(await sentData(context));
    for (const id of runs) await store.mark(id, marks);
    await index.refresh();
    return context.json({ runs });
  });
  app.post("/api/remove", async (context) => {
    const runs = runsRequest(await sentData(context));
    const gone: string[] = [];
    try {
      for (const id of runs) {
        await removeRun(id, store);
        gone.push(id);
      }
    } finally {
      index.drop(gone);
    }
    return context.json({ runs });
  });
  app.post("/api/runs/:id/notes", async (context) => {
    const { id } = await lineOf(index, context.req.param("id"));
    await store.update(id, { notes: notesRequest(await sentData(context)) });
    await index.refresh();
    return context.json({ run: id });
  });
  app.post("/api/runs/:id/live", async (context) => {
    const { id } = await lineOf(index, context.req.param("id"));
    return context.json({ done: await adjustRun(id, commandsRequest(await sentData(context)), { store }) });
  });
}

function ancestorsOf(index: RunIndex, line: RunLine): readonly RunLine[] {
  const found: RunLine[] = [];
  for (let next = line.parent; next !== undefined && found.length < 50; ) {
    const parent = index.line(next);
    if (parent !== undefined) found.unshift(parent);
    next = parent?.parent;
  }
  return found;
}

async function curvesFor(index: RunIndex, parameters: URLSearchParams): Promise<RunCurves> {
  const list = (name: string): readonly string[] => (parameters.get(name) ?? "").split(",").filter((one) => one !== "");
  const ids = list("runs").slice(0, MOST_CURVES);
  const measures = list("measures").filter((name) => Object.hasOwn(CURVE_MEASURES, name));
  const axis: CurveAxis = (["step", "seconds"] as const).find((one) => one === parameters.get("x")) ?? "epoch";
  const pixels = Math.min(4000, Math.max(50, wholeIn(parameters, "pixels") ?? 800));
  const smooth = Math.min(99, wholeIn(parameters, "smooth") ?? 0) / 100;
  const found = await Promise.all(ids.map(async (id) => ({ id, run: await index.history(id) })));
  const runs = found.flatMap(({ run }) => (run === undefined ? [] : [run]));
  return {
    curves: runs.flatMap((run) => measures.flatMap((name) => curveOf(run, name, { axis, pixels, smooth }) ?? [])),
    marks: runs.length > 12 ? [] : runs.flatMap((run) => marksOn(run, axis)),
    missing: found.flatMap(({ id, run }) => (run === undefined ? [id] : [])),
  };
}

async function liveSettings(id: string, store: RunStore): Promise<LiveSettings> {
  const [{ settings = {}, ranges = {}, paused = false, step, summary } = unanswered(id)] = await adjustRun(id, [], {
    store,
  });
  const named = Object.entries(settings).map(([name, value]) => {
    const { whole = false, ...range } = ranges[name] ?? {};
    return compact({ name, value, whole, ...range });
  });
  return { paused, step, summary, settings: named };
}

function unanswered(id: string): never {
  throw new NablaError("live/ended", `the training ${id} gave no answer`);
}

/** What a code says of who is at fault, by its beginning; anything else is the request's. */
const STATUS: Readonly<Record<string, 403 | 404 | 409 | 503>> = {
  "ui/read-only": 403,
  "store/unknown-run": 404,
  "store/unknown-study": 404,
  "store/running": 409,
  "store/locked": 503,
  "store/away": 503,
};

function refused(context: Context, error: unknown): Response {
  if (error instanceof NablaError) {
    const status = STATUS[error.code] ?? (error.code.startsWith("live/") ? 409 : 400);
    return context.json(errorOf(error), status);
  }
  return context.json(
    errorOf(new NablaError("ui/failed", error instanceof Error ? error.message : String(error))),
    500,
  );
}

function errorOf({ code, message, hint, keys }: NablaError): { readonly error: object } {
  return { error: compact({ code, message, hint, keys }) };
}
