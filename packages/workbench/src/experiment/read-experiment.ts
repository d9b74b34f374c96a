/** Reads `experiment.yaml`, with errors that name the file, the line, the column and the key. */
import { NablaError } from "nabla";
import { kindFamilies } from "nabla/all";
import { readGiven } from "nabla/fields";
import { experimentFields, type PartialExperiment } from "./fields.ts";
import { parseYaml, readYaml, type Yaml } from "./yaml-file.ts";

/**
 * The content of an experiment file. Throws `files/…`, `experiment/syntax` for invalid YAML, and the fields' errors:
 * `options/unknown` with the nearest key, `options/type` and `options/range`.
 */
export async function readExperiment(path: string): Promise<PartialExperiment> {
  return experimentIn(await readYaml(path));
}

/** The content of an experiment file's text; `name` is the file's, for errors. */
export async function parseExperiment(text: string, name: string): Promise<PartialExperiment> {
  return experimentIn(await parseYaml(text, name));
}

/** An experiment from plain data, as one with searched values. Throws the errors of fields. */
export function experimentFrom(data: unknown): PartialExperiment {
  return readGiven(experimentFields, data, { place: "", keys: [], families: kindFamilies });
}

function experimentIn({ content, placeOf }: Yaml): PartialExperiment {
  try {
    return experimentFrom(content);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    throw new NablaError(error.code, `${placeOf(error.keys ?? [])}: ${error.message}`, error.hint, [], error.keys);
  }
}
