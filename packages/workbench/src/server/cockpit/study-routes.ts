/** The addresses of studies. */
import type { Hono } from "hono";
import { startProgram } from "../../host/child-program.ts";
import { askToStop } from "../../studies/study-record.ts";
import type { StartedWork } from "./api-start.ts";
import type { StudyShows } from "./api-studies.ts";
import type { CockpitParts } from "./cockpit-parts.ts";
import { formRequest, sentData } from "./request-data.ts";
import type { ProcessOrder } from "./run-process.ts";
import { studyDetails } from "./study-details.ts";

/** Questions about studies, and what stops them and goes on with them. */
export function addStudies(app: Hono, { studies, study: index, place, data }: CockpitParts): void {
  app.get("/api/studies", (context) => context.json(index.lines));
  app.get("/api/studies/:name", async (context) => {
    const stored = await studies.getStudy(context.req.param("name"));
    return context.json(await studyDetails(stored, await studies.trials(stored.name)));
  });
  app.get("/api/studies/:name/shows", async (context) => {
    const { name } = await studies.getStudy(context.req.param("name"));
    return context.json(await data.ask<StudyShows>({ kind: "shows", store: place.address, name }));
  });
  app.post("/api/studies/:name/stop", async (context) => {
    const { name } = await studies.getStudy(context.req.param("name"));
    await askToStop(name, studies);
    return context.json({ kind: "study", name } satisfies StartedWork);
  });
  app.post("/api/studies/:name/more", async (context) => {
    const { name } = await studies.getStudy(context.req.param("name"));
    const order: ProcessOrder = {
      kind: "more",
      store: place.address,
      name,
      study: formRequest(await sentData(context)),
    };
    const started = await startProgram<string>("./run-process", import.meta.url, order);
    await index.refresh();
    return context.json({ kind: "study", name: started } satisfies StartedWork);
  });
}
