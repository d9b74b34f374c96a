/** How data become the inputs of a model that has learned already. */
import { compact, numberColumn, type Preparation, type PrepareOptions, prepare, type Table } from "nabla";
import { sameTarget } from "./begun.ts";
import { columnsFor, type Origin } from "./origin.ts";

/** The inputs as the model prepares them that the training begins from, the target as it is in these data. */
export function preparationFrom(origin: Origin, train: Table, preparing: PrepareOptions): Preparation {
  const own = origin.model.preparation;
  const { task, target } = fittedTarget(train, preparing);
  const same = sameTarget(own, { target });
  return {
    kind: "preparation",
    task,
    columns: columnsFor(origin, train.columns),
    target: same ? named(own.target, target.name) : target,
  };
}

/** The same target under the name that it has here; a threshold is one of the model that it was chosen for. */
function named(target: Preparation["target"], name: string): Preparation["target"] {
  if (target.kind !== "classes") return { ...target, name };
  const { threshold: _, ...own } = target;
  return { ...own, name };
}

/** How the target is learned, whatever the columns beside it hold. */
function fittedTarget(train: Table, preparing: PrepareOptions): Pick<Preparation, "task" | "target"> {
  const { rows, otherTargets } = train;
  const varying = numberColumn(
    "row",
    Float64Array.from({ length: rows }, (_, row) => row),
  );
  return prepare.fit(compact({ rows, columns: [varying], target: train.target, otherTargets }), preparing);
}
