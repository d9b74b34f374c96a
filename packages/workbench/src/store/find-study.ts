/** Studies by their names, which runs may share. */
import { NablaError } from "nabla";
import { openStores, type Stores } from "./open.ts";
import type { StorePlace } from "./store-place.ts";
import type { StoredStudy } from "./study.ts";

/** The study of that name, or undefined for a run, or the only study with that prefix. Throws for what is neither. */
export async function findStudy(start: string, { runs, studies }: Stores): Promise<StoredStudy | undefined> {
  const whole = (await studies.listStudies()).find(({ name }) => name === start);
  if (whole !== undefined) return whole;
  try {
    await runs.get(start);
    return undefined;
  } catch (error) {
    if (!(error instanceof NablaError) || error.code !== "store/unknown-run") throw error;
    const found = await studies.getStudy(start).catch((failure: unknown) => {
      // nothing of that name: the error of the run lookup is thrown
      if (failure instanceof NablaError && failure.code === "store/unknown-study") return undefined;
      throw failure;
    });
    if (found !== undefined) return found;
    const message = `there is no run and no study "${start}" in ${runs.place}`;
    throw new NablaError(error.code, message, "`nabla runs` and `nabla studies` list those that are there");
  }
}

/** The study of that very name in a store that may not be there yet. Throws `store/…`. */
export async function studyNamed(name: string, place: StorePlace): Promise<StoredStudy | undefined> {
  try {
    await using stores = await openStores(place, { create: false });
    return (await stores.studies.listStudies()).find((study) => study.name === name);
  } catch (error) {
    if (error instanceof NablaError && error.code === "store/missing") return undefined;
    throw error;
  }
}
