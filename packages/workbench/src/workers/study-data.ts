/** The data of a study on this machine: found, read and prepared as the study's own process did, or refused. */
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { compact, NablaError, trainingDefaults } from "nabla";
import { earlierData } from "../experiment/data-fields.ts";
import type { Experiment } from "../experiment/fields.ts";
import { openParts, prepareParts } from "../experiment/parts.ts";
import { fetchData, isAddress } from "../sources/fetched.ts";
import type { StoredStudy } from "../store/study.ts";
import { shareData, type TrialData } from "./shared-data.ts";

/** Where data lies on this machine. */
export interface DataPlaces {
  /** The folder that holds the data files here, whatever their folder was where the study started. */
  readonly data?: string;
  /** Where fetched files are cached. */
  readonly cache?: string;
}

/**
 * The prepared parts of a study, the very same on every machine. Throws `worker/no-data` where the file is not there,
 * `data/changed` where it is another one, and what fetching and reading throw.
 */
export async function studyData(study: StoredStudy, places: DataPlaces = {}): Promise<TrialData> {
  const experiment: Experiment = { ...earlierData, ...(study.experiment as unknown as Experiment) };
  const data = await placeOf(study, places);
  const parts = await openParts({ ...experiment, seed: experiment.seed ?? trainingDefaults.seed, data });
  if (parts.sha256 === study.data.sha256) return shareData(prepareParts(parts));
  const [was, is] = [study.data.sha256, parts.sha256].map((hash) => `${hash.slice(0, 12)}…`);
  throw new NablaError(
    "data/changed",
    `${data} is not the data of the study ${study.name}: its SHA-256 is ${is}, and that of the study's is ${was}`,
    "restore the file as it was when the study started",
  );
}

async function placeOf({ name, data }: StoredStudy, { data: folder, cache }: DataPlaces): Promise<string> {
  const { path, sha256 } = data;
  if (isAddress(path)) return await fetchData(path, compact({ sha256, cache }));
  const place = folder === undefined ? path : resolve(join(folder, basename(path)));
  if ((await stat(place).catch(() => undefined)) !== undefined) return place;
  throw new NablaError(
    "worker/no-data",
    `the study ${name} is about ${place}, which this machine does not have`,
    "--data <folder> gives the folder with its data on this machine",
  );
}
