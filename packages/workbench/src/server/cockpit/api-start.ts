/** What pages ask before a training or a study, and what they are answered. */

import type { Json } from "nabla";
import type { Profile } from "nabla/tables";

/** An option as a form shows it, from its declaration. */
export interface OptionForm {
  readonly name: string;
  readonly help: string;
  /** As on the command line; absent for what only files and programs say. */
  readonly flag?: string;
  /** What it may be, in words. */
  readonly values: string;
  /** "lines": several, each in a line of its own. */
  readonly input: "flag" | "word" | "kind" | "text" | "lines";
  /** The words that it may be, and the kinds; absent for anything else. */
  readonly words?: readonly string[];
  /** The family whose kinds it may be; absent for anything else. */
  readonly family?: string;
  /** The default as it is typed, or what it is chosen by; "" for none. */
  readonly standard: string;
  /** Why it is that; absent where nothing is said. */
  readonly source?: string;
}

/** Options that belong together. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionForm[];
}

/** Everything that a form needs to know of options. */
export interface OptionForms {
  readonly groups: readonly OptionGroup[];
  /** The options of a study beside those of its trainings. */
  readonly study: readonly OptionForm[];
  /** The options of each kind, by the name of the family and that of the kind. */
  readonly families: Readonly<
    Record<string, Readonly<Record<string, { readonly help: string; readonly options: readonly OptionForm[] }>>>
  >;
}

/** What people fill in by the name of the option: a text as it is typed, texts that each say one, a flag, or a kind with its own. */
export type FilledForm = Readonly<Record<string, Json>>;

/** What is to be trained, or searched. */
export interface StartRequest {
  readonly experiment: FilledForm;
  /** The options of a study; absent for a single training. */
  readonly study?: FilledForm;
  /** Whether a training is changed and repeated until bias and variance are low; not by default, and never in a study. */
  readonly untilGood?: boolean;
  /** The run that the form was filled from, which becomes the parent of the new one; none by default. */
  readonly like?: string;
}

/** A request, read and written as people would write it themselves. */
export interface WrittenRequest {
  readonly command: string;
  /** The text of an experiment.yaml. */
  readonly yaml: string;
}

/** Something about the data that should be known. */
export interface DataRemark {
  readonly severity: "warning" | "advice" | "notice";
  readonly message: string;
  /** Absent where nothing can be done about it. */
  readonly hint?: string;
  /** The options that mend it, as a form has them; absent where none does. */
  readonly remedy?: FilledForm;
}

/** What a training would do. */
export interface PlannedTraining {
  readonly task: string;
  readonly parts: string;
  readonly splitReason: string;
  /** Numbers that an example is fed as. */
  readonly features: number;
  readonly network: string;
  /** What each option comes to, as it is typed. */
  readonly chosen: Readonly<Record<string, string>>;
  readonly remarks: readonly DataRemark[];
}

/** A file as it is read. */
export interface ProfiledFile extends Profile {
  readonly remarks: readonly DataRemark[];
  /** Whether its rows are images. */
  readonly isImages: boolean;
}

/** Files of a folder of this machine that data can be in. */
export interface ListedFolder {
  readonly folder: string;
  /** Absent at the top. */
  readonly above?: string;
  readonly entries: readonly {
    readonly name: string;
    readonly path: string;
    readonly isFolder: boolean;
    readonly bytes: number;
  }[];
  /** Whether there are more than are listed. */
  readonly isCut: boolean;
}

/** What was started. */
export interface StartedWork {
  readonly kind: "run" | "study";
  readonly name: string;
}
