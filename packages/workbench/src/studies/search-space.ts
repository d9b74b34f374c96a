/** The space that a study searches: the default one, or one from a file, checked at all its ends before any training. */
import { type Json, l2, NablaError } from "nabla";
import type { Field } from "nabla/fields";
import { type Axis, axesOf, branch, defaultSpace, pointOf, type Space, spaceFrom, valuesAt } from "nabla/tune";
import type { PartialExperiment } from "../experiment/fields.ts";
import { networkFields } from "../experiment/network-fields.ts";
import { trainingFields } from "../experiment/training-fields.ts";
import { readYaml } from "../experiment/yaml-file.ts";
import { checkNames, NO_PENALTY } from "./hyperparameters.ts";

/**
 * The notes' nine hyperparameters in order of importance, then all others whose field says how they are searched, as
 * dropout; a penalty may also be absent. What the experiment already sets is not searched.
 */
export function spaceFor(experiment: PartialExperiment, rows: number): Space {
  const notes = defaultSpace({ rows });
  const offered: Space = {
    ...notes,
    penalty: branch({ [NO_PENALTY]: {}, [l2.kind]: { strength: notes.penalty } }),
    ...searchedFields(),
    rate: notes.rate,
  };
  const open = (name: string): boolean =>
    [name, ...(settledBy[name] ?? [])].every((key) => !Object.hasOwn(experiment, key));
  return Object.fromEntries(Object.entries(offered).filter(([name]) => open(name)));
}

function searchedFields(): Space {
  const all: readonly (readonly [string, Field])[] = Object.entries({ ...networkFields, ...trainingFields });
  return Object.fromEntries(
    all.flatMap(([name, { search }]) => (search === undefined ? [] : [[name, search] as const])),
  );
}

/** Other options that set a hyperparameter: a network is given by its hidden layers, by all of its layers, or by a model. */
const settledBy: Readonly<Record<string, readonly (keyof PartialExperiment)[]>> = {
  units: ["hidden", "layers", "from"],
  layers: ["hidden", "from"],
  activation: ["layers", "from"],
  keep: ["layers", "from"],
};

/**
 * The space that a YAML or JSON file describes: `rate: { logUniform: [1e-4, 1] }`. Throws `files/…`, `experiment/syntax`,
 * and what `spaceFrom` throws, each with the file and the path.
 */
export async function readSpace(path: string): Promise<Space> {
  const { name, content, placeOf } = await readYaml(path);
  try {
    return spaceFrom(content as Json, name);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    const [, ...where] = error.where;
    throw new NablaError(error.code, error.sentence, error.hint, [placeOf(where), ...where]);
  }
}

/** Both ends, and a place between that no round number lies at. */
const TRIED = [0, 0.381966, 1] as const;

/**
 * Tries the space at both ends of every axis, so that a value that nothing can be trained with is found before the first
 * trial. `attempt` makes what a trial would train. Throws `tune/unknown`, `tune/empty` and what `attempt` throws, with the
 * axis.
 */
export function checkSpace(space: Space, attempt: (values: Json) => unknown): void {
  checkNames(Object.keys(space));
  const axes = axesOf(space);
  if (axes.length === 0) {
    const message = "the space is empty: the experiment sets every hyperparameter that is searched by default";
    throw new NablaError("tune/empty", message, "name hyperparameters in a --space file");
  }
  const byPath = new Map(axes.map((axis) => [axis.path, axis]));
  for (const axis of axes) {
    for (const unit of TRIED) {
      const fixed = new Map([[axis.path, unit], ...openingOf(axis, byPath)]);
      const values = valuesAt(
        space,
        pointOf(axes, ({ path }) => fixed.get(path) ?? 0.5),
      ) as Json;
      try {
        attempt(values);
      } catch (error) {
        if (!(error instanceof NablaError)) throw error;
        const value = JSON.stringify(axis.domain.at(unit));
        throw error.withContext(`${axis.path} = ${value}`);
      }
    }
  }
}

/** The units of the axes that must have some value for this one to count. */
function openingOf({ when }: Axis, byPath: ReadonlyMap<string, Axis>): readonly (readonly [string, number])[] {
  if (when === undefined) return [];
  const parent = byPath.get(when.path);
  const value = when.among[0];
  if (parent === undefined || value === undefined) return [];
  return [[when.path, parent.domain.unitOf(value) ?? 0.5], ...openingOf(parent, byPath)];
}
