/** A report of several targets as one of each: whatever reports one target reports all. */
import { compact, soleModels } from "nabla";
import { soleRows, withTarget } from "../runs/sole-targets.ts";
import type { ReportedRun } from "./reported-run.ts";

/** A run as if one target had been learned alone. */
export interface SoleSubject {
  /** What the target is called; undefined where there is only one. */
  readonly name?: string;
  readonly subject: ReportedRun;
}

/** The targets of a run one by one. */
export function soleSubjects(all: ReportedRun): readonly SoleSubject[] {
  const { trained, preparation, parts, heldOut } = all;
  const { heads } = trained.loss;
  if (heads === undefined) return [{ subject: all }];
  return soleModels(trained, preparation).map((sole) => ({
    name: sole.name,
    subject: compact({
      ...all,
      trained: sole.trained,
      preparation: sole.preparation,
      parts: {
        ...parts,
        train: withTarget(parts.train, sole.name),
        dev: withTarget(parts.dev, sole.name),
      },
      heldOut:
        heldOut === undefined
          ? undefined
          : { ...heldOut, train: soleRows(heldOut.train, sole, heads), dev: soleRows(heldOut.dev, sole, heads) },
      // a temperature is that of classes learned alone
      temperature: undefined,
    }),
  }));
}
