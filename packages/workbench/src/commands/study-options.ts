/** What the command line says of a study, and what the store knows of it already. */
import { NablaError } from "nabla";
import { compact } from "nabla/fields";
import { prunerFrom, samplerFrom } from "nabla/tune";
import { fetchData, isAddress } from "../sources/fetched.ts";
import { studyNamed } from "../store/find-study.ts";
import type { StorePlace } from "../store/store-place.ts";
import { readSpace } from "../studies/search-space.ts";
import type { StudyPlan } from "../studies/study-events.ts";
import { planStudy, reopenStudy, type StudyRequest } from "../studies/study-plan.ts";
import type { ExperimentOptions } from "./experiment-options.ts";
import { requestedExperiment, statedIn } from "./stated-experiment.ts";

/** What the command line may say of a study. */
export interface StudyOptions extends ExperimentOptions {
  readonly trials?: number;
  readonly study?: string;
  readonly space?: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly round?: number;
  readonly finalists?: number;
  readonly repeats?: number;
  readonly failures?: number;
  readonly seed?: number;
}

/** The plan of a new study, or of one that goes on. Throws what `planStudy` and `reopenStudy` throw. */
export async function planStudyFor(
  file: string | undefined,
  options: StudyOptions,
  place: StorePlace,
): Promise<StudyPlan> {
  const { trials, study: name, space, sampler, pruner, round, finalists, repeats, failures, config, seed } = options;
  // its time is that of the search
  const { time: _time, ...said } = options;
  const search: StudyRequest = {
    ...compact({ trials, name, round, finalists, repeats, failures, seed }),
    ...(space === undefined ? {} : { space: await readSpace(space) }),
    ...(sampler === undefined ? {} : { sampler: samplerFrom(sampler) }),
    ...(pruner === undefined ? {} : { pruner: prunerFrom(pruner) }),
  };
  const stored = name === undefined ? undefined : await studyNamed(name, place);
  if (stored === undefined && name !== undefined && file === undefined && config === undefined) {
    const message = `there is no study "${name}" in ${place.shown} to go on with`;
    throw new NablaError(
      "store/unknown-study",
      message,
      "to begin it, name its data: nabla tune data.csv --target column",
    );
  }
  if (stored === undefined) {
    const plan = await planStudy(await requestedExperiment(file, said), search);
    return file !== undefined && isAddress(file) ? { ...plan, address: file } : plan;
  }
  const { path, sha256 } = stored.data;
  const again = file === undefined && isAddress(path) ? await fetchData(path, { sha256 }) : file;
  return await reopenStudy(stored, search, await statedIn(again, said));
}
