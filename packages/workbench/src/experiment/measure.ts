/** What decides: the measure that an experiment names, or that its data call for, as its epochs and trainings are compared by it. */
import { type Json, listing, measureFrom, measureKinds, NablaError, type Notice, quantile } from "nabla";
import { asRecord, type Facts, type Subject } from "./choice.ts";

/** The word that leaves it to the data what decides. */
export const AUTO = "auto";

/** What of an experiment says what decides. */
export interface MeasureChoice {
  /** The measure as it is named; the error by default. */
  readonly measure?: Json | undefined;
  /** Of two classes the one that is to be found; the rarer one by default. */
  readonly positive?: string | undefined;
  /** Of several targets the one that decides; none by default. */
  readonly selectionTarget?: string | undefined;
  /** How classes are balanced; not at all by default. */
  readonly balance?: string | undefined;
  /** The loss, whose quantile is measured; none is known by default. */
  readonly loss?: Json | undefined;
}

/**
 * The measure where none is named: the error, of classes the balanced one where one of them is rare, of a number whose quantile is
 * learned the loss of that quantile, which answers that are no means are right by.
 */
export function usualMeasure(
  { subject, task }: Pick<Facts, "subject" | "task">,
  { balance, loss }: Pick<MeasureChoice, "balance" | "loss">,
): string {
  if (task === "regression" && loss !== undefined && asRecord(loss).kind === quantile.kind) return "pinball";
  const { counts, isImbalanced = false } = subject?.(undefined) ?? {};
  return counts !== undefined && (isImbalanced || (balance ?? "none") !== "none") ? "balancedError" : "error";
}

/**
 * The measure with what it needs of the data: the class that is to be found, the unit of the target, and the quantile that is
 * learned. Throws `train/measure` for a positive class that is none.
 */
export function measureOn(choice: MeasureChoice, { subject }: Pick<Facts, "subject">): Json {
  const { kind, ...own } = asRecord(choice.measure ?? "error");
  const fields = measureKinds[String(kind)]?.fields ?? {};
  const about = subject?.(choice.selectionTarget);
  const { level } = asRecord(choice.loss ?? "none");
  const known: { readonly [name: string]: Json | undefined } = {
    ...about?.unit,
    positive: positiveCode(choice.positive, about),
    level,
  };
  const isOpen = (name: string): boolean => own[name] === undefined || own[name] === fields[name]?.default;
  const fitting = Object.entries(known).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(fields, name) && isOpen(name),
  );
  return { kind: kind ?? "error", ...own, ...(Object.fromEntries(fitting) as { readonly [name: string]: Json }) };
}

/** What a measure that is named does where there are several targets: it is that of one of them, and selects the epoch. */
export function measureNotices(
  { measure: named }: MeasureChoice,
  {
    measure,
    selectionTarget,
    task,
  }: Pick<MeasureChoice, "selectionTarget"> & { readonly measure: Json; readonly task: string },
): readonly Notice[] {
  if (named === undefined || named === AUTO || task !== "multitask" || selectionTarget === undefined) return [];
  const { title } = measureFrom(measure);
  const message = `${title} of ${selectionTarget} selects the epoch; verdict and comparisons go by the weighted error of all targets`;
  return [{ code: "measure/several", message }];
}

/** The class that is to be found, of two: the one that is named, else the rarer one; undefined where there are not two. */
export function positiveClass(named: string | undefined, subject: Subject | undefined): string | undefined {
  const code = positiveCode(named, subject);
  return code === undefined ? undefined : subject?.classes?.[code];
}

function positiveCode(named: string | undefined, subject: Subject | undefined): number | undefined {
  // where nothing is known of the data, nothing can be said of their classes
  if (subject === undefined) return undefined;
  const { classes, counts = [] } = subject;
  if (classes?.length !== 2) {
    if (named === undefined) return undefined;
    throw new NablaError(
      "train/measure",
      `${named} is to be found as the positive class, and the target has not two classes`,
      "leave out --positive",
    );
  }
  if (named === undefined) return (counts[0] ?? 0) < (counts[1] ?? 0) ? 0 : 1;
  const code = classes.indexOf(named);
  if (code >= 0) return code;
  const message = `${named} is to be found as the positive class, and the classes are ${listing(classes, "and")}`;
  throw new NablaError("train/measure", message, "name one of the two with --positive");
}
