/** The reports that trainings and studies write next to their models. */

import { NablaError } from "nabla";
import { printError } from "../host/output.ts";
import type { RunResult } from "../runs/run-events.ts";
import { openStore, openStudyStore } from "../store/open.ts";

/** Gives the place of the report of a training that has ended, written to the store named `place`. */
export function reportBeside(place: string | undefined): (result: RunResult) => Promise<string | undefined> {
  return async ({ run, model, plan, diagnosis, end, temperature, heldOut }) => {
    if (model === undefined) return undefined;
    const calibrated = temperature === undefined ? {} : { temperature };
    const { preparation } = plan.prepared;
    const { parts, notices, suspicions = [] } = plan;
    const known = {
      parts,
      notices,
      suspicions,
      diagnosis,
      model: { trained: end.trained, preparation, ...calibrated },
      ...(heldOut === undefined ? {} : { heldOut }),
    };
    return await orNote(async () => {
      const { writeReport } = await import("./report.ts");
      await using store = await openStore(place, { create: false });
      return (await writeReport(run, { store, known })).file;
    });
  };
}

/** Returns the path of the report of a finished study in the store named `place`. */
export function studyReportBeside(place: string | undefined): (study: string) => Promise<string | undefined> {
  return async (study) =>
    await orNote(async () => {
      const { writeStudyReport } = await import("./study/study-report.ts");
      await using studies = await openStudyStore(place, { create: false });
      return await writeStudyReport(study, { studies });
    });
}

/** A training is not spoilt by a report that cannot be written: that is a note on stderr. */
async function orNote(write: () => Promise<string>): Promise<string | undefined> {
  try {
    return await write();
  } catch (error) {
    const message = error instanceof NablaError ? error.message : String(error);
    printError(`note: the report could not be written: ${message}\n`);
    return undefined;
  }
}
