/** What the command line says of a study, and what the store knows of it already. */
import { NablaError } from "nabla";
import { prunerFrom, samplerFrom } from "nabla/tune";
import type { PartialExperiment } from "../experiment/experiment.ts";
import { fetchData, isAddress } from "../sources/fetched.ts";
import { studyNamed } from "../store/find-study.ts";
import type { StorePlace } from "../store/store-place.ts";
import { readSpace } from "../studies/search-space.ts";
import type { StudyPlan } from "../studies/study-events.ts";
import { planStudy, reopenStudy, type StudyRequest } from "../studies/study-plan.ts";
import { experimentFrom, statedIn } from "./experiment-options.ts";

/** What the command line may say of a study. */
export interface StudyOptions extends Omit<PartialExperiment, "data" | "penalty" | "output"> {
  readonly trials?: number;
  readonly study?: string;
  readonly space?: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly round?: number;
  readonly finalists?: number;
  readonly repeats?: number;
  readonly failures?: number;
  readonly config?: string;
  readonly penalty?: number;
  readonly out?: string;
}

/** The plan of a new study, or of one that goes on. Throws what `planStudy` and `reopenStudy` throw. */
export async function planStudyFor(
  file: string | undefined,
  options: StudyOptions,
  place: StorePlace,
): Promise<StudyPlan> {
  const { trials, study: name, space, sampler, pruner, round, finalists, repeats, failures, config, ...rest } = options;
  const { time: _time, ...flags } = withoutFrame(rest);
  const search: StudyRequest = {
    ...given({ trials, name, round, finalists, repeats, failures, seed: flags.seed }),
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
    const plan = await planStudy(await experimentFrom({ file, config, flags }), search);
    return file !== undefined && isAddress(file) ? { ...plan, address: file } : plan;
  }
  const { path, sha256 } = stored.data;
  const again = file === undefined && isAddress(path) ? await fetchData(path, { sha256 }) : file;
  return await reopenStudy(stored, search, await statedIn({ file: again, config, flags }));
}

/** What belongs to the command and not to the experiment. */
function withoutFrame<T extends object>(options: T): Omit<T, "store" | "workers" | "json" | "quiet" | "report"> {
  const { store, workers, json, quiet, report, ...rest } = options as T & Record<string, unknown>;
  void [store, workers, json, quiet, report];
  return rest as Omit<T, "store" | "workers" | "json" | "quiet" | "report">;
}

function given<T extends object>(options: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
