/** Options of an experiment whose default is chosen by what the data is, and things of nabla as plain data. */
import type { DataOf, Fractions, HeadOptions, JointHead, Json, Loss, Task, TextFeatures } from "nabla";
import { kindFamilies } from "nabla/all";
import type { Field, Presence } from "nabla/fields";
import type { Beginning } from "./begun.ts";

/** What is known about the job from the data. */
export interface Facts {
  readonly task: Task;
  readonly split: Fractions;
  /** Rows of the training part. */
  readonly rows: number;
  /** Numbers that come out of the network. */
  readonly outputs: number;
  /** The heads of several targets, scaled by the training part; none for one target. */
  readonly heads?: (options?: HeadOptions) => readonly JointHead[];
  /** A loss whose classes count alike on the training part; absent where that part is not known. */
  readonly balanced?: (loss: Loss) => Loss;
  /** The shape of one example; three lengths are an image. */
  readonly shape: readonly number[];
  /** Which inputs are measured numbers: with some different values, and no marks of 0 and 1 for levels or what is missing. */
  readonly numbers: readonly number[];
  /** How many steps ahead rows forecast; absent where they are no forecasts. */
  readonly horizon?: number;
  /** What is measured of a target: of the one of several that is named, or of the only one; absent where that is not known. */
  readonly subject?: (target: string | undefined) => Subject | undefined;
  /** Which inputs are the words of texts. */
  readonly texts: readonly TextFeatures[];
  /** Which inputs are the last values of a series in order; absent where there are none. */
  readonly past?: { readonly from: number; readonly length: number };
  /** What the training begins with, where it goes on from a model. */
  readonly begun?: Beginning;
}

/** A target as it is measured. */
export interface Subject {
  /** The options of a measure that is taken in its unit; none for classes and labels. */
  readonly unit: { readonly [option: string]: Json };
  /** The names of its classes; absent where it has none. */
  readonly classes?: readonly string[];
  /** The rows of each in train; absent where it has none. */
  readonly counts?: readonly number[];
  /** Whether some class is far rarer than the others. By default none is. */
  readonly isImbalanced?: boolean;
}

/** What is known when an option is chosen. */
export interface KnownFacts extends Facts {
  /** What the experiment sets, and what was chosen before this option. */
  readonly so: { readonly [option: string]: unknown };
  /** Whether the experiment itself sets an option. */
  readonly said: (option: string) => boolean;
}

/** An option that is chosen from the data where it is not set. */
export interface ChosenField<out T> extends Field<T, "defaulted"> {
  /** What it is chosen by, or what it is, in words for the help. */
  readonly by: string;
  readonly chosen: (known: KnownFacts) => T;
  /** A word that leaves the choice open, as leaving the option out does; none by default. */
  readonly open?: string;
}

/** An option with the choice that is made where it is not set. */
export function chosen<T>(one: Field<T>, by: string, choose: (known: KnownFacts) => NoInfer<T>): ChosenField<T> {
  return { ...one, presence: "defaulted", by, chosen: choose };
}

/** An option that holds things of nabla as plain data. */
export interface DataField<out T, out P extends Presence = Presence> extends Field<T, P> {
  /** The same data with every option filled in. */
  readonly complete: (data: Json) => Json;
}

/** The same option of a list, which the command line can also say is empty: "none". */
export function orNone<F extends Pick<Field, "parse" | "format">>(one: F): F {
  return {
    ...one,
    parse: (text: string) => (text.trim() === "none" ? [] : one.parse(text)),
    format: (data: Json) => (Array.isArray(data) && data.length === 0 ? "none" : one.format(data)),
  };
}

/** An option of nabla objects as an option of their plain data: validated when read, stored as written. */
export function asData<T, P extends Presence>(one: Field<T, P>): DataField<DataOf<T>, P> {
  const read = (data: unknown, reading: Parameters<typeof one.read>[1]): DataOf<T> => {
    one.read(data, reading);
    return data as DataOf<T>;
  };
  const complete = (data: Json): Json => one.write(one.read(data, { place: "", keys: [], families: kindFamilies }));
  const standard = one.default === undefined ? {} : { default: one.write(one.default) };
  return { ...one, ...standard, write: (data) => data as Json, read, complete };
}

/** A single word is a kind without options. */
export function asRecord(data: Json): { readonly [name: string]: Json } {
  return typeof data === "object" && data !== null && !Array.isArray(data)
    ? (data as { readonly [name: string]: Json })
    : { kind: data };
}
