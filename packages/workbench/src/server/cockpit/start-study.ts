/** Studies that pages start, and go on with. */
import { availableParallelism } from "node:os";
import { compact, type Json, NablaError } from "nabla";
import { readGiven, wholeNumber } from "nabla/fields";
import { spaceFrom } from "nabla/tune";
import { parseYaml } from "../../experiment/yaml-file.ts";
import { openStores } from "../../store/open.ts";
import { findStore } from "../../store/store-place.ts";
import type { StudyStore } from "../../store/study-store.ts";
import type { StudyPlan } from "../../studies/study-events.ts";
import { searchFamilies, studyFields } from "../../studies/study-fields.ts";
import { planStudy, reopenStudy, type StudyRequest } from "../../studies/study-plan.ts";
import { haltStudy } from "../../studies/study-record.ts";
import { tuneStudy } from "../../studies/tune-study.ts";
import { openExecutor } from "../../workers/open-executor.ts";
import type { FilledForm } from "./api-start.ts";
import { typed } from "./option-forms.ts";
import { filledExperiment } from "./start-plans.ts";

/** What a page may start of studies: a new one, or more of one that is there. */
export type StudyOrder =
  | { readonly kind: "tune"; readonly form: FilledForm; readonly study: FilledForm }
  | { readonly kind: "more"; readonly name: string; readonly study: FilledForm };

/** Carries an order out; gives the name of the study once it is in the store. Throws what planning and searching throw. */
export async function* studyNames(order: StudyOrder & { readonly store: string }): AsyncGenerator<string> {
  const { workers, request } = await requestOf(order.study);
  const place = findStore(order.store, process.env, process.cwd());
  await using stores = await openStores(place, { say: () => {} });
  const { runs, studies } = stores;
  const { plan, ...limits } = await planOfOrder(order, request, studies);
  await using executor = await openExecutor({ stores, place, plan, workers });
  const options = { runs, studies, executor, spent: performance.now() / 1000, ...limits };
  for await (const event of tuneStudy(plan, options)) if (event.kind === "created") yield event.name;
}

async function planOfOrder(
  order: StudyOrder,
  request: StudyRequest,
  studies: StudyStore,
): Promise<{ readonly plan: StudyPlan; readonly time?: number }> {
  if (order.kind === "more") return { plan: await reopenStudy(await haltStudy(order.name, studies), request) };
  // its time is that of the search
  const { time, ...experiment } = await filledExperiment(order.form);
  return compact({ plan: await planStudy(experiment, request), time });
}

const workersField = wholeNumber({
  atLeast: 1,
  default: availableParallelism(),
  source: "the cores of this machine",
  help: "parallel trials",
});

/** As the command has it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What a form says of a study. Throws the errors of fields, `ui/name` and those of spaces. */
async function requestOf(form: FilledForm): Promise<{ readonly workers: number; readonly request: StudyRequest }> {
  const { workers = "", name = "", space = "", ...asked } = form;
  const reading = { place: "", keys: [], families: searchFamilies };
  const found = readGiven({ workers: workersField }, typed({ workers: workersField }, { workers }), reading);
  if (name !== "" && (typeof name !== "string" || !NAME.test(name)))
    throw new NablaError("ui/name", `"${String(name)}" names no study`, "letters, digits, - _ and . can", [], ["name"]);
  const request = compact({
    ...readGiven(studyFields, typed(studyFields, asked), reading),
    ...(name === "" ? {} : { name: String(name) }),
    ...(space === ""
      ? {}
      : { space: spaceFrom((await parseYaml([space].flat().join("\n"), "space")).content as Json) }),
  });
  return { workers: found.workers ?? availableParallelism(), request };
}
