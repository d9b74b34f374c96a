/** What a form asks of data before anything is started: what is in a file, and what would be trained on it. */
import { compact, type Json, NablaError } from "nabla";
import { kindTables } from "nabla/all";
import { type Fields, type Kinds, optionText } from "nabla/fields";
import { completeExperiment } from "../../experiment/complete-experiment.ts";
import { factsOf } from "../../experiment/facts.ts";
import { type Experiment, experimentFields, type PartialExperiment } from "../../experiment/fields.ts";
import { flagOf, wordsOf } from "../../experiment/option-words.ts";
import { planExperiment } from "../../experiment/plan.ts";
import { checkedProfile } from "../../experiment/profile-checks.ts";
import { experimentFrom } from "../../experiment/read-experiment.ts";
import { readingIn } from "../../experiment/reading-fields.ts";
import { withRemedy } from "../../experiment/remedy.ts";
import { closeExperiment } from "../../experiment/resolve.ts";
import { plannedEvent } from "../../runs/run-events.ts";
import { lastingFile } from "../../sources/fetched.ts";
import { holdsImages, readImages } from "../../sources/read-images.ts";
import type { Run } from "../../store/run.ts";
import { studyFields } from "../../studies/study-fields.ts";
import { networkText, partsText } from "../../text/description.ts";
import { shellWords } from "../../text/shell-words.ts";
import type {
  DataRemark,
  FilledForm,
  PlannedTraining,
  ProfiledFile,
  StartRequest,
  WrittenRequest,
} from "./api-start.ts";
import { experimentOfForm, formOf, typed } from "./option-forms.ts";
import { experimentFileOf } from "./run-details.ts";

/** What is in the file that a form names. Throws `usage/no-data` and what reading throws. */
export async function profileOfForm(form: FilledForm): Promise<ProfiledFile> {
  const { data, target, task, ...said } = experimentOfForm(form);
  if (data === undefined)
    throw new NablaError("usage/no-data", "no data file was chosen", "choose one, or drop it here");
  const file = await lastingFile(data);
  const isImages = await holdsImages(file);
  const { warnings, ...found } = isImages
    ? {
        ...(
          await readImages(file, compact({ image: said.image, skipBroken: said.skipBroken, maxPixels: said.maxPixels }))
        ).profile,
        warnings: [],
      }
    : await checkedProfile(file, compact({ ...readingIn(said), target, task }));
  return {
    ...found,
    isImages,
    remarks: remarksOf(found.notices, warnings, (remedy) => ({ ...form, ...formOf(remedy) })),
  };
}

/** What training what a form says would do. Throws what `planExperiment` throws. */
export async function planOfForm(form: FilledForm): Promise<PlannedTraining> {
  const experiment = await filledExperiment(form);
  const plan = await planExperiment(experiment);
  const { resolved, parts, prepared, notices, suspicions = [], warnings = suspicions } = plan;
  const { features, splitReason } = plannedEvent(plan);
  const chosen: Readonly<Record<string, unknown>> = {
    ...closeExperiment(experiment, factsOf(parts, prepared)),
    ...resolved,
  };
  const fields: Fields = experimentFields;
  return {
    task: resolved.task,
    parts: partsText(parts.rows),
    splitReason,
    features,
    network: networkText(resolved.model, String(features)),
    chosen: Object.fromEntries(
      Object.entries(fields).flatMap(([name, one]) => {
        const value = chosen[name];
        return value === undefined ? [] : [[name, shownValue(one, one.write(value))]];
      }),
    ),
    remarks: remarksOf(notices, warnings, (remedy) => formOf(withRemedy(experiment, remedy))),
  };
}

/** The experiment that a form says, with data that lie on this machine. Throws `usage/no-data` and `usage/no-target`. */
export async function filledExperiment(form: FilledForm): Promise<Experiment> {
  const { data, ...rest } = experimentOfForm(form);
  return await completeExperiment(data === undefined ? rest : { ...rest, data: await lastingFile(data) });
}

function shownValue({ format, family }: Fields[string], data: Json): string {
  const kinds: Kinds<unknown> | undefined = kindTables[family as keyof typeof kindTables];
  return kinds === undefined || Array.isArray(data) ? format(data) : optionText(data, { kinds, number: String });
}

function remarksOf(
  notices: readonly { readonly message: string }[],
  warnings: readonly {
    readonly severity: "warning" | "advice";
    readonly message: string;
    readonly hint: string;
    readonly remedy?: PartialExperiment;
  }[],
  mended: (remedy: PartialExperiment) => FilledForm,
): readonly DataRemark[] {
  return [
    ...warnings.map(({ severity, message, hint, remedy }) =>
      compact({ severity, message, hint, remedy: remedy === undefined ? undefined : mended(remedy) }),
    ),
    ...notices.map(({ message }) => ({ severity: "notice" as const, message })),
  ];
}

/** What a form says that trains a run again, but for what holds anyway. Throws `run/foreign`. */
export function formLike(run: Run): FilledForm {
  const fields: Fields = experimentFields;
  const experiment = experimentFrom(experimentFileOf(run));
  const said = Object.entries(experiment).filter(([name, value]) => {
    const one = fields[name];
    if (one?.default === undefined || value === undefined) return true;
    return JSON.stringify(one.write(value)) !== JSON.stringify(one.write(one.default));
  });
  return formOf(Object.fromEntries(said) as PartialExperiment);
}

/** A request as a command and as a file. Throws the errors of fields. */
export async function written({ experiment: form, study, untilGood = false }: StartRequest): Promise<WrittenRequest> {
  const { stringify } = await import("yaml");
  const experiment = experimentOfForm(form);
  const { data = "data.csv", ...said } = experiment;
  const fields: Fields = experimentFields;
  const plain = Object.entries(experiment).map(([name, value]) => [name, fields[name]?.write(value)] as const);
  const search = study === undefined ? [] : studyWords(study);
  const again = untilGood && study === undefined ? ["--until-good"] : [];
  // what no option says stands in the file alone
  const isSaid = Object.keys(said).every((name) => fields[name]?.option !== undefined);
  const words = isSaid ? [...data.split(","), ...wordsOf(said)] : ["--config", "experiment.yaml"];
  return {
    command: `nabla ${shellWords([study === undefined ? "train" : "tune", ...words, ...search, ...again])}`,
    yaml: stringify(Object.fromEntries(plain), { flowCollectionPadding: false, lineWidth: 0 }),
  };
}

/** The options of a study that differ from the defaults, as words. */
function studyWords({ name = "", workers = "", space = "", ...form }: FilledForm): readonly string[] {
  const fields: Fields = studyFields;
  const own = { "--study": name, "--workers": workers, "--space": space === "" ? "" : "space.yaml" };
  const said = Object.entries(own).flatMap(([flag, value]) => (value === "" ? [] : [flag, String(value)]));
  return [...said, ...searchWords(typed(fields, form), fields)];
}

function searchWords(said: { readonly [name: string]: Json }, fields: Fields): readonly string[] {
  return Object.entries(said).flatMap(([name, data]) => {
    const one = fields[name];
    if (
      one === undefined ||
      (one.default !== undefined && JSON.stringify(one.write(one.default)) === JSON.stringify(data))
    )
      return [];
    return [flagOf(name, one), one.format(data)];
  });
}
