/** The reports that trainings and studies leave beside their models. */
import { NablaError } from "nabla";
import type { RunResult } from "../runs/run-events.ts";

/**
 * Writes the report of a training that has ended, and gives its place. A training is not spoilt by a report that cannot be
 * written: that is a note on stderr.
 */
export function reportBeside(place: string | undefined): (result: RunResult) => Promise<string | undefined> {
  return async ({ run, model, plan, diagnosis, end, temperature }) => {
    if (model === undefined) return undefined;
    try {
      const { openStore } = await import("../store/open.ts");
      const { writeReport } = await import("../report/report.ts");
      const calibrated = temperature === undefined ? {} : { temperature };
      const { preparation } = plan.prepared;
      const { parts, suspicions = [] } = plan;
      const known = { parts, suspicions, diagnosis, model: { trained: end.trained, preparation, ...calibrated } };
      await using store = await openStore(place, { create: false });
      return (await writeReport(run, { store, known })).file;
    } catch (error) {
      const message = error instanceof NablaError ? error.message : String(error);
      process.stderr.write(`note: the report could not be written: ${message}\n`);
      return undefined;
    }
  };
}

/** Writes the report of a study that has ended, and gives its place; what keeps it from being written is a note. */
export async function studyReportBeside(name: string, place: string | undefined): Promise<string | undefined> {
  try {
    const { openStudyStore } = await import("../store/open.ts");
    const { writeStudyReport } = await import("../report/study/study-report.ts");
    await using studies = await openStudyStore(place, { create: false });
    return await writeStudyReport(name, { studies });
  } catch (error) {
    const message = error instanceof NablaError ? error.message : String(error);
    process.stderr.write(`note: the report could not be written: ${message}\n`);
    return undefined;
  }
}
