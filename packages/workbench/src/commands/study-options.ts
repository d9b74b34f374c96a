/** What the command line sets for a study, and what the store already has. */
import { NablaError } from "nabla";
import { readGiven } from "nabla/fields";
import { fetchData, isAddress } from "../sources/fetched.ts";
import { studyNamed } from "../store/find-study.ts";
import type { StorePlace } from "../store/store-place.ts";
import { readSpace } from "../studies/search-space.ts";
import type { StudyPlan } from "../studies/study-events.ts";
import { searchFamilies, studyFields } from "../studies/study-fields.ts";
import { planStudy, reopenStudy, type StudyRequest } from "../studies/study-plan.ts";
import type { ExperimentOptions } from "./experiment-options.ts";
import { requestedExperiment, statedIn } from "./stated-experiment.ts";

/** What the command line may set for a study. */
export interface StudyOptions extends ExperimentOptions {
  /** The name of the study; a new one by default. */
  readonly study?: string;
  /** The file with the search space; the default space without it. */
  readonly space?: string;
}

/** The plan of a new study, or of a resumed one. Throws what `planStudy` and `reopenStudy` throw. */
export async function planStudyFor(
  files: readonly string[],
  options: StudyOptions,
  place: StorePlace,
): Promise<StudyPlan> {
  const { study: name, space, config } = options;
  // its time is that of the search
  const { time: _time, ...said } = options;
  const asked = Object.fromEntries(Object.keys(studyFields).map((option) => [option, options[option]]));
  const search: StudyRequest = {
    ...readGiven(studyFields, asked, { place: "", keys: [], families: searchFamilies }),
    ...(name === undefined ? {} : { name }),
    ...(space === undefined ? {} : { space: await readSpace(space) }),
  };
  const stored = name === undefined ? undefined : await studyNamed(name, place);
  if (stored === undefined && name !== undefined && files.length === 0 && config === undefined) {
    const message = `there is no study "${name}" in ${place.shown} to go on with`;
    throw new NablaError(
      "store/unknown-study",
      message,
      "to begin it, name its data: nabla tune data.csv --target column",
    );
  }
  if (stored === undefined) {
    const plan = await planStudy(await requestedExperiment(files, said), search);
    const [address, ...others] = files;
    return address !== undefined && others.length === 0 && isAddress(address) ? { ...plan, address } : plan;
  }
  const { path, sha256 } = stored.data;
  const again = files.length === 0 && isAddress(path) ? [await fetchData(path, { sha256 })] : files;
  return await reopenStudy(stored, search, await statedIn(again, said));
}
