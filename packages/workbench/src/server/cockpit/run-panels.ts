/** The addresses of what the panels of one run show beside its record. */
import type { Context, Hono } from "hono";
import { NablaError } from "nabla";
import { recordedCurve } from "../../runs/recorded-curve.ts";
import { type HealthRecord, readHealth } from "../../store/health-record.ts";
import type { HealthOfRun, HealthPart, HistogramsOfRun, LearningOfRun } from "./api-run.ts";
import type { CockpitParts } from "./cockpit-parts.ts";
import { parametersOf } from "./request-data.ts";
import { keptHistory } from "./run-index.ts";

const PARTS: readonly HealthPart[] = ["weights", "activations", "gradients"];

/** Questions of the panels of one run. */
export function addRunPanels(app: Hono, { index }: CockpitParts): void {
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
