/** A change of a job as options of the command, where options can say it. */
import { type Json, jobFields, layersInOrder, roleOf } from "nabla";
import type { JobPatch } from "nabla/diagnose";
import type { Fields } from "nabla/fields";
import { asRecord } from "./choice.ts";
import type { PartialExperiment, ResolvedExperiment } from "./fields.ts";
import { wordsOf } from "./option-words.ts";
import { completed } from "./resolve.ts";

/** Options for `nabla train`, to add to those of the run; none where no option says it. */
export function patchOptions(patch: JobPatch, resolved: ResolvedExperiment): readonly string[] {
  const {
    model,
    optimizer,
    penalty,
    schedule,
    augment,
    mixup: _,
    patience,
    balance,
    without: _w,
    mix: _m,
    ...rest
  } = patch;
  const plain = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined));
  const changed: Record<string, unknown> = {
    ...plain,
    ...(balance === true ? { balance: "rows" } : {}),
    ...(patience === null ? { patience: patch.epochs ?? resolved.epochs } : {}),
    ...(schedule === null ? { schedule: standardOf("schedule") } : schedule === undefined ? {} : { schedule }),
    ...(penalty === null ? { penalty: 0 } : penalty === undefined ? {} : { penalty: shortPenalty(penalty) }),
    ...(optimizer === undefined || optimizer === null ? {} : optimizerOptions(optimizer, resolved)),
    ...(augment === undefined || augment === null || isNothingNew(augment, resolved) ? {} : { augment }),
    ...(model === undefined || model === null ? {} : (networkOptions(model, resolved.model) ?? {})),
  };
  return wordsOf(changed as PartialExperiment);
}

/** Whether no changes of rows follow on none. */
function isNothingNew(augment: readonly Json[], { augment: before }: ResolvedExperiment): boolean {
  return augment.length === 0 && before.length === 0;
}

/** What a job uses where an option is taken away. */
function standardOf(name: "schedule"): Json | undefined {
  const fields: Fields = jobFields;
  const { default: standard, write } = fields[name] ?? {};
  return standard === undefined ? undefined : write?.(standard);
}

/** A number alone, where that means the same penalty. */
function shortPenalty(penalty: Json): Json {
  const { strength } = asRecord(penalty);
  const meaning = (value: Json): string => JSON.stringify(completed("penalty", value));
  return typeof strength === "number" && meaning(strength) === meaning(penalty) ? strength : penalty;
}

/** The same optimizer at another rate is an option of its own, and so is a kind that has nothing else of its own. */
function optimizerOptions(optimizer: Json, { optimizer: before }: ResolvedExperiment): Record<string, unknown> {
  const { rate, kind = "" } = asRecord(optimizer);
  const isAlike = (other: Json): boolean => JSON.stringify(unrated(optimizer)) === JSON.stringify(unrated(other));
  if (isAlike(before)) return { rate };
  return isAlike(kind) ? { optimizer: kind, rate } : { optimizer };
}

/** All options of an optimizer but its rate. */
function unrated(optimizer: Json): unknown {
  const { rate: _, ...rest } = asRecord(completed("optimizer", optimizer) as Json);
  return rest;
}

/** What the short options can say of a network: hidden layers, what dropout keeps, and normalization. */
interface ShortNetwork {
  readonly hidden: readonly number[];
  readonly keep: number;
  /** Layers that normalize. */
  readonly norms: number;
  /** Whether it has layers that the short options do not describe. */
  readonly isOther: boolean;
}

function shortOf(model: Json): ShortNetwork {
  // what texts are looked up by is another option
  const layers = layersInOrder(model)
    .filter((layer) => roleOf(layer)?.is !== "lookup")
    .map(asRecord);
  const numbers = (name: string): readonly number[] =>
    layers.flatMap(({ [name]: value }) => (typeof value === "number" ? [value] : []));
  const [units, keep] = [numbers("units"), numbers("keep")];
  return {
    hidden: units.slice(0, -1),
    keep: Math.min(1, ...keep),
    norms: layers.filter((layer) => roleOf(layer)?.is === "norm").length,
    isOther: layers.some(({ maps, filters, levels }) => (maps ?? filters ?? levels) !== undefined),
  };
}

function networkOptions(model: Json, before: Json): Record<string, unknown> | undefined {
  const [after, own] = [shortOf(model), shortOf(before)];
  if (after.isOther || own.isOther) return undefined;
  if (after.hidden.length === 0) return layersInOrder(model).length === 1 ? { hidden: [] } : undefined;
  const normalized = after.norms === after.hidden.length && own.norms < after.norms;
  return {
    hidden: after.hidden,
    ...(after.keep < 1 || own.keep < 1 ? { keep: after.keep } : {}),
    ...(normalized ? { normalize: true } : {}),
  };
}
