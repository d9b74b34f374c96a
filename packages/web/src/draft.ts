/** What is filled in for the next training or study, while this page is open. */
import type { FilledForm, StartRequest } from "@nabla/workbench";
import { signal } from "@preact/signals";

/** What the form says: options by name, and those of a study. */
export interface Draft {
  readonly experiment: FilledForm;
  readonly study: FilledForm;
  readonly isStudy: boolean;
  /** Whether a training is changed and repeated until bias and variance are low. */
  readonly untilGood: boolean;
  /** The run that the form was filled from; "" for none. */
  readonly like: string;
}

/** The draft that all parts of the room share; nothing of it is sent before the start. */
export const draft = signal<Draft>({ experiment: {}, study: {}, isStudy: false, untilGood: false, like: "" });

/** Says an option; undefined takes it back. */
export function say(part: "experiment" | "study", name: string, value: FilledForm[string] | undefined): void {
  const { [name]: _, ...rest } = draft.value[part];
  const said = value === undefined || value === "" ? rest : { ...rest, [name]: value };
  draft.value = { ...draft.value, [part]: said };
}

/** Begins with another file: what was said of the columns of the one before means nothing there. */
export function chooseData(data: string): void {
  const { experiment } = draft.value;
  if (experiment.data === data) return;
  const { target: _, ignore: _i, columns: _c, units: _u, missing: _m, ...kept } = experiment;
  draft.value = { ...draft.value, experiment: { ...kept, data }, like: "" };
}

/** What the server is asked to start. */
export function requestOf({ experiment, study, isStudy, untilGood, like }: Draft): StartRequest {
  if (isStudy) return { experiment, study };
  return { experiment, ...(untilGood ? { untilGood } : {}), ...(like === "" ? {} : { like }) };
}
