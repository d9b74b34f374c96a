/** The addresses of what the panels of one run show beside its record. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { Readable } from "node:stream";
import type { Context, Hono } from "hono";
import { NablaError } from "nabla";
import { writeZip } from "nabla/exchange";
import { recordedCurve } from "../../runs/recorded-curve.ts";
import { filesIn, type RunFile, runFiles } from "../../runs/run-files.ts";
import { type HealthRecord, readHealth } from "../../store/health-record.ts";
import type { HealthOfRun, HealthPart, HistogramsOfRun, LearningOfRun } from "./api-run.ts";
import type { CockpitParts } from "./cockpit-parts.ts";
import { safeName } from "./model-routes.ts";
import { parametersOf } from "./request-data.ts";
import { keptHistory } from "./run-index.ts";

const PARTS: readonly HealthPart[] = ["weights", "activations", "gradients"];

/** Questions of the panels of one run. */
export function addRunPanels(app: Hono, { index, place, readOnly }: CockpitParts): void {
  app.get("/api/runs/:id/files", async (context) =>
    context.json(await runFiles(await keptHistory(index, context.req.param("id")), place.shown)),
  );
  app.get("/files/:id/:name", async (context) => {
    if (readOnly) throw new NablaError("ui/read-only", "this server only lets look");
    const { id, name } = context.req.param();
    const files = await runFiles(await keptHistory(index, id), place.shown);
    const file = files.find((one) => one.name === name);
    if (file === undefined) throw new NablaError("ui/path", `the run ${id} has no file of that name`);
    context.header("content-type", "application/octet-stream");
    context.header("content-disposition", `attachment; filename="${safeName(file.isFolder ? zipped(file) : name)}"`);
    if (file.isFolder) return context.body(await zipOf(file.path));
    return context.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream<Uint8Array>);
  });
  const health = async (context: Context): Promise<readonly HealthRecord[]> => {
    const { checkpoint } = await keptHistory(index, context.req.param("id") ?? "");
    return checkpoint === undefined ? [] : await readHealth(checkpoint);
  };
  app.get("/api/runs/:id/health", async (context) => context.json(healthOf(await health(context))));
  app.get("/api/runs/:id/curve", async (context) => {
    const { events } = await keptHistory(index, context.req.param("id"));
    return context.json<LearningOfRun>(recordedCurve(events));
  });
  app.get("/api/runs/:id/health/:part", async (context) => {
    const part = PARTS.find((one) => one === context.req.param("part"));
    if (part === undefined) throw new NablaError("ui/path", `layers have ${PARTS.join(", ")}`);
    const path = parametersOf(context).get("path") ?? "";
    return context.json(histogramsOf(await health(context), { part, path }));
  });
}

/** A model as one file has an ending of its own, by which it is known. */
function zipped({ name, what }: RunFile): string {
  return `${name}${what === "model" ? ".nabla" : ".zip"}`;
}

async function zipOf(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts = new Map<string, Uint8Array>();
  for (const path of await filesIn(folder))
    parts.set(relative(folder, path).replaceAll("\\", "/"), await readFile(path));
  return new Uint8Array(writeZip(parts));
}

function healthOf(records: readonly HealthRecord[]): HealthOfRun {
  const last = records.at(-1);
  const named = (part: HealthPart): readonly string[] => (last?.[part] ?? []).map(([path]) => path);
  return {
    epochs: records.map(({ epoch }) => epoch),
    layers: (last?.layers ?? []).map(({ path, saturated }) => {
      const own = records.map(({ layers }) => layers.find((layer) => layer.path === path));
      const over = (name: "gain" | "dead" | "saturated") => own.map((layer) => layer?.[name] ?? null);
      return {
        path,
        gain: over("gain"),
        dead: over("dead"),
        ...(saturated === undefined ? {} : { saturated: over("saturated") }),
      };
    }),
    histograms: { weights: named("weights"), activations: named("activations"), gradients: named("gradients") },
  };
}

function histogramsOf(
  records: readonly HealthRecord[],
  { part, path }: { readonly part: HealthPart; readonly path: string },
): HistogramsOfRun {
  const found = records.flatMap(({ epoch, ...record }) => {
    const [, histogram] = record[part].find(([name]) => name === path) ?? [];
    return histogram === undefined ? [] : [{ epoch, histogram }];
  });
  return { epochs: found.map(({ epoch }) => epoch), histograms: found.map(({ histogram }) => histogram) };
}
