/** A stored run as a row of the table: its settings by the names that people use, its measures. */
import { type EpochRecord, type Json, layersInOrder, measuredValue, measureFrom } from "nabla";
import { sha256 } from "../../host/hash.ts";
import { type Run, scoreIn, wholeScoreIn } from "../../store/run.ts";
import { networkText } from "../../text/description.ts";
import { measureInRecord } from "../../text/measure-words.ts";
import type { DecidingColumn, RunCell, RunLine } from "./api.ts";

/** Keys of an experiment that say where things are, or that have a column of their own. */
const LEFT_OUT: readonly string[] = ["data", "target", "task", "output", "model", "watch"];

/** A run as a row; `epochs` are those of a run that has no outcome yet. */
export function runLine(run: Run, epochs: readonly EpochRecord[] = []): RunLine {
  const { id, name, created, updated, target, task, parent, study, notes, marks, data } = run;
  const settings = settingsOf(run.job);
  const { seed: _seed, ...rest } = settings;
  return {
    ...{ id, name, created, updated, target, task },
    status: run.changed ? "changed" : run.outcome?.reason === "diverged" ? "diverged" : run.status,
    file: data.path,
    sha256: data.sha256,
    ...(parent === undefined ? {} : { parent }),
    ...(study === undefined ? {} : { study }),
    ...(notes === undefined ? {} : { notes }),
    tags: marks?.tags ?? [],
    archived: marks?.archived ?? false,
    deleted: marks?.deleted ?? false,
    setting: sha256(JSON.stringify([data.sha256, target, rest])).slice(0, 16),
    settings,
    measures: measuresOf(run, epochs),
    decides: decidingColumn(run),
  };
}

/** The settings of a job by name, in its order: kinds by their family, their options behind a dot. */
function settingsOf(job: Json): Readonly<Record<string, RunCell>> {
  if (typeof job !== "object" || job === null || Array.isArray(job)) return {};
  const found: Record<string, RunCell> = {};
  for (const [name, value] of Object.entries(job)) if (!LEFT_OUT.includes(name)) put(found, name, value);
  if ("model" in job && job.model !== undefined) {
    found.network = networkText(job.model, "in");
    const options = layersInOrder(job.model).flatMap((layer) => Object.entries(layer ?? {}));
    for (const name of ["units", "keep"]) {
      const values = options.filter(([key]) => key === name).map(([, value]) => value);
      const distinct = [...new Set(values)];
      const [only] = distinct;
      if (distinct.length === 1 && typeof only === "number") found[name] = only;
      else if (values.length > 0) found[name] = values.join(", ");
    }
  }
  return found;
}

function put(found: Record<string, RunCell>, name: string, value: Json | undefined): void {
  if (value === undefined) return;
  if (value === null || typeof value !== "object") {
    found[name] = typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  } else if (Array.isArray(value)) {
    if (value.length > 0)
      found[name] = value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join(", ");
  } else {
    for (const [key, inner] of Object.entries(value)) put(found, key === "kind" ? name : `${name}.${key}`, inner);
  }
}

/** What gave no finite numbers. */
const UNMEASURED: { readonly cost: number; readonly error: number; readonly deciding?: number } = {
  cost: Number.NaN,
  error: Number.NaN,
};

function measuresOf(run: Run, epochs: readonly EpochRecord[]): Readonly<Record<string, RunCell>> {
  const { outcome } = run;
  const last = epochs.at(-1);
  const best = outcome?.best ?? epochs.findLast((epoch) => epoch.best);
  const train = outcome === undefined ? best?.train : (scoreIn(outcome, "train") ?? UNMEASURED);
  const dev =
    outcome === undefined ? best?.dev : (wholeScoreIn(outcome) ?? (outcome.dev === null ? UNMEASURED : undefined));
  const rmse = (measures: object | undefined): unknown =>
    measures !== undefined && "rmse" in measures ? measures.rmse : undefined;
  const all: Readonly<Record<string, unknown>> = {
    "dev.error": dev?.error,
    "train.error": train?.error,
    ...decidingOf(run, { train, dev }),
    "dev.cost": dev?.cost,
    "train.cost": train?.cost,
    "dev.rmse": rmse(dev),
    "train.rmse": rmse(train),
    "best.epoch": best?.epoch,
    epochs: outcome?.epochs ?? last?.epoch,
    steps: outcome?.steps ?? last?.step,
    seconds: outcome?.seconds ?? last?.seconds,
    parameters: run.parameters > 0 ? run.parameters : undefined,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      typeof value === "number" ? [[name, Number.isFinite(value) ? value : null]] : [],
    ),
  );
}

/** The column of the measure that decides: that of the error where none was recorded. */
function decidingColumn({ job }: Run): DecidingColumn {
  const { kind, better, unit, dividesByVariance } = measureFrom(measureInRecord(job) ?? "error");
  if (dividesByVariance === true) return { name: "dev.error", better: "less", isShare: true };
  return { name: `dev.${kind}`, better, isShare: unit === "share" };
}

/** What decided, by its name: `dev.auc`; nothing where that is the error. */
function decidingOf(
  { job }: Run,
  parts: { readonly [part in "train" | "dev"]: { readonly deciding?: number } | undefined },
): Readonly<Record<string, unknown>> {
  const recorded = measureInRecord(job);
  if (recorded === undefined) return {};
  const measure = measureFrom(recorded);
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, found]) =>
      found?.deciding === undefined ? [] : [[`${part}.${measure.kind}`, measuredValue(measure, found.deciding)]],
    ),
  );
}
