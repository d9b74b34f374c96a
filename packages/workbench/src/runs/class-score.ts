/** What a model's classes are judged by, beside the plain error. */
import { type Examples, predict } from "nabla";
import { type ClassMeasures, classMeasures, classProbabilities } from "nabla/diagnose";
import type { PreparedModel } from "./own-unit.ts";

/** The measures of one target of classes; undefined for any other, and without rows. */
export async function classScore(
  { trained, preparation }: PreparedModel,
  examples: Examples,
): Promise<ClassMeasures | undefined> {
  const { target } = preparation;
  if (target.kind !== "classes" || examples.rows === 0) return undefined;
  const { answers } = await predict(trained, examples.inputs);
  return classMeasures(classProbabilities(answers), examples.targets.data, target.classes);
}
