/** The addresses by which trainings and studies are started. */
import { join } from "node:path";
import type { Context, Hono } from "hono";
import { compact, NablaError } from "nabla";
import { startProgram } from "../../host/child-program.ts";
import { folderBeside } from "../../store/store-place.ts";
import type { PlannedTraining, ProfiledFile, StartedWork } from "./api-start.ts";
import type { CockpitParts } from "./cockpit-parts.ts";
import { keepFile, listFolder } from "./data-files.ts";
import { optionForms } from "./option-forms.ts";
import { formsRequest, parametersOf, sentData, tryRequest } from "./request-data.ts";
import { keptHistory, lineOf } from "./run-index.ts";
import type { ProcessOrder } from "./run-process.ts";
import { formLike, written } from "./start-plans.ts";

/** Does an order in a process of its own, which may go on when this one ends. Throws what that process reports. */
async function inProcess<T>(order: ProcessOrder): Promise<T> {
  return await startProgram<T>("./run-process", import.meta.url, order);
}

/** Questions about data and options, and what starts trainings and studies. */
export function addStarts(app: Hono, { index, place, readOnly, data }: CockpitParts): void {
  const form = async (context: Context) => formsRequest(await sentData(context));
  const started = async (order: ProcessOrder, kind: StartedWork["kind"]): Promise<StartedWork> => {
    const name = await inProcess<string>(order);
    if (kind === "run") await index.refresh();
    return { kind, name };
  };
  const store = place.address;
  app.get("/api/options", (context) => context.json(optionForms()));
  app.get("/api/files", async (context) => {
    // names of files are for who may train on them
    if (readOnly) throw new NablaError("ui/read-only", "this server only lets look");
    return context.json(await listFolder(parametersOf(context).get("folder") ?? ""));
  });
  app.post("/api/files", async (context) => {
    const { body } = context.req.raw;
    if (body === null) throw new NablaError("ui/data", "expected the bytes of a file");
    const folder = join(folderBeside(place.shown), "data");
    return context.json({ path: await keepFile(folder, parametersOf(context).get("name") ?? "", body) });
  });
  app.post("/api/profile", async (context) =>
    context.json(await data.ask<ProfiledFile>({ kind: "profile", form: (await form(context)).experiment })),
  );
  app.post("/api/plan", async (context) =>
    context.json(await data.ask<PlannedTraining>({ kind: "plan", form: (await form(context)).experiment })),
  );
  app.post("/api/written", async (context) => context.json(await written(await form(context))));
  app.post("/api/start", async (context) => {
    const { experiment, study, untilGood = false, like } = await form(context);
    const parent = like === undefined ? undefined : (await lineOf(index, like)).id;
    return context.json(
      study === undefined
        ? await started({ kind: "train", store, form: experiment, untilGood, ...compact({ parent }) }, "run")
        : await started({ kind: "tune", store, form: experiment, study }, "study"),
    );
  });
  app.get("/api/runs/:id/form", async (context) => {
    if (readOnly) throw new NablaError("ui/read-only", "this server only lets look");
    return context.json(formLike(await keptHistory(index, context.req.param("id"))));
  });
  app.post("/api/runs/:id/try", async (context) => {
    const { id } = await lineOf(index, context.req.param("id"));
    const step = tryRequest(await sentData(context));
    return context.json(await started({ kind: "try", store, run: id, step }, "run"));
  });
  app.post("/api/runs/:id/watch", async (context) => {
    const { id } = await lineOf(index, context.req.param("id"));
    return context.json(await started({ kind: "watch", store, run: id }, "run"));
  });
  app.post("/api/runs/:id/curve", async (context) => {
    const { id } = await lineOf(index, context.req.param("id"));
    return context.json(await started({ kind: "curve", store, run: id }, "run"));
  });
  app.post("/api/runs/:id/resume", async (context) => {
    const { id } = await lineOf(index, context.req.param("id"));
    return context.json(await started({ kind: "resume", store, run: id }, "run"));
  });
}
