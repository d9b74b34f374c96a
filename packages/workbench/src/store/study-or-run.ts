/** What a name on the command line means: a run or a study. */
import { NablaError } from "nabla";
import type { Stores } from "./open.ts";
import type { StoredStudy } from "./study.ts";

/** The study of that name, or undefined for a run, or the only study that begins so. Throws for what is neither. */
export async function findStudy(start: string, { runs, studies }: Stores): Promise<StoredStudy | undefined> {
  const whole = (await studies.listStudies()).find(({ name }) => name === start);
  if (whole !== undefined) return whole;
  try {
    await runs.get(start);
    return undefined;
  } catch (error) {
    if (!(error instanceof NablaError) || error.code !== "store/unknown-run") throw error;
    const found = await studies.getStudy(start).catch((failure: unknown) => {
      // nothing of that name: what runs say of it is the answer
      if (failure instanceof NablaError && failure.code === "store/unknown-study") return undefined;
      throw failure;
    });
    if (found !== undefined) return found;
    const message = `there is no run and no study "${start}" in ${runs.place}`;
    throw new NablaError(error.code, message, "`nabla runs` and `nabla studies` list those that are there");
  }
}
