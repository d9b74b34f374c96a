/** Whether the parts of a saved model belong together. */
import type { Size } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { count } from "../base/text.ts";
import { featureNames, type Preparation } from "../data/preparation.ts";

/** What is known of a model that was read. */
export interface ModelFacts {
  /** The shape of one example. */
  readonly shape: Size;
  /** The length of the last axis of what it answers. */
  readonly outputs: number;
  /** The names of its classes; left out where it has none. */
  readonly classes?: readonly string[];
  /** How tables become its inputs; left out where it came without. */
  readonly preparation?: Preparation;
}

/**
 * Holds what describes a model in two ways against each other: its outputs, its classes, its preparation and its inputs. Throws
 * `model/damaged`.
 */
export function checkAgreement(
  { task, target }: { readonly [name: string]: Json },
  { shape, outputs, classes, preparation }: ModelFacts,
): void {
  const disagree = (what: string): never => {
    throw new NablaError("model/damaged", `its parts do not belong together: ${what}`);
  };
  // one output tells two classes apart
  if (classes !== undefined && classes.length !== outputs && !(outputs === 1 && classes.length === 2))
    disagree(`${classes.length} classes for ${count(outputs, "output")}`);
  if (classes !== undefined && new Set(classes).size < classes.length) disagree("two classes have one name");
  if (preparation === undefined) return;
  if (task !== undefined && task !== preparation.task)
    disagree(`the task is ${JSON.stringify(task)}, and its preparation is for ${preparation.task}`);
  if (target !== undefined && target !== preparation.target.name)
    disagree(`the target is ${JSON.stringify(target)}, and its preparation has ${preparation.target.name}`);
  const prepared = preparation.target.kind === "classes" ? preparation.target.classes : undefined;
  // a network from elsewhere may have outputs without names, and several numbers
  if (classes !== undefined && JSON.stringify(prepared) !== JSON.stringify(classes))
    disagree("its classes are not those of its preparation");
  if (prepared !== undefined && prepared.length !== outputs && !(outputs === 1 && prepared.length === 2))
    disagree(`its preparation has ${prepared.length} classes for ${count(outputs, "output")}`);
  const [only, ...more] = preparation.columns;
  const features = only?.kind === "block" && more.length === 0 ? only.shape : [featureNames(preparation).length];
  if (String(features) !== String(shape))
    disagree(`its inputs are of shape [${shape.join(", ")}], and its preparation makes [${features.join(", ")}]`);
}
