import { NablaError } from "nabla";
import type { Run } from "./run.ts";

/** The model folder of a run. Throws `run/no-model` when there is none yet. */
export function modelOf({ id, model, status }: Run): string {
  if (model !== undefined) return model;
  const hint = status === "interrupted" ? `nabla resume ${id} resumes it` : "a model is saved when its training ends";
  throw new NablaError("run/no-model", `the run ${id} is ${status} and has no model yet`, hint);
}
