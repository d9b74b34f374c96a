/** A model in another tool's format, on the disk. */
import { basename, dirname, join } from "node:path";
import { NablaError, temperedShare } from "nabla";
import { writeFileAtomic, writeFolder } from "../host/atomic-files.ts";
import type { TrainedModel } from "../store/trained-model.ts";
import { number } from "../text/format.ts";
import { type ComparedRows, type Comparison, compareExport, comparisonNotice } from "./compare-export.ts";
import { exampleRows } from "./example-rows.ts";
import { formatNamed } from "./find-format.ts";
import type { ModelFormat, Written } from "./format.ts";

/** Options of `exportModel`. */
export interface ExportOptions {
  /** A name of the table of formats. */
  readonly format: string;
  /** What the model is called: names the file where `output` does not. */
  readonly name: string;
  /** What the file is compared with the model on. Default: rows that are made up within what the model knows. */
  readonly rows?: ComparedRows;
  /** The file, or the folder for a format of several files. Default: one in the working folder, by the model's name. */
  readonly output?: string;
}

/** What an export wrote. */
export interface Exported {
  /** The file, or the folder. */
  readonly path: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly notices: readonly string[];
  /** How far its answers are from the model's; absent where the file cannot be run or read here. */
  readonly compared?: Comparison;
}

/**
 * Writes a model once its file was found to answer as the model does. Throws `export/differs`,
 * `usage/format`, `keras/write`, `js/op` and the like, and `files/…`.
 */
export async function exportModel(
  model: TrainedModel,
  { format, name, output, rows }: ExportOptions,
): Promise<Exported> {
  const found = formatNamed(format);
  const { write, endings } = found;
  if (write === undefined) throw new NablaError("usage/format", `${format} can be imported, but not exported`);
  const [ending = ""] = endings;
  const given = endings.find((one) => output?.endsWith(one) === true);
  const called = output === undefined ? name : basename(output, given);
  const written = await write(model, called);
  const { files } = written;
  const checked = await comparedWith(found, written, { model, rows });
  const notices = [
    ...written.notices,
    ...checked.notices,
    ...(found.calibrated === true ? [] : rawNotice(model)),
    ...thresholdNotice(model, found),
  ];
  const compared = checked.compared === undefined ? {} : { compared: checked.compared };
  const listed = [...files].map(([file, bytes]) => ({ name: file, bytes: bytes.length }));
  const [only] = files.values();
  if (files.size > 1 || only === undefined) {
    const path = output ?? name;
    await writeFolder(path, files);
    return { path, files: listed, notices, ...compared };
  }
  const path = output ?? `${name}${ending}`;
  if (basename(path) === "weights.safetensors" && basename(dirname(path)) !== "")
    throw new NablaError("files/occupied", `${path} is the weights file of a model folder`, "name another file");
  await writeFileAtomic(path, only);
  return { path: join(path), files: listed, notices, ...compared };
}

/** That the file gives the network's own probabilities, where `nabla predict` makes them less or more sure. */
function rawNotice({ temperature }: TrainedModel): readonly string[] {
  if (temperature === undefined) return [];
  const shown = number(temperature);
  return [
    `its probabilities are those of \`nabla predict --raw\`: the temperature ${shown} is not in the file, raise them to the power 1/${shown} and divide by their sum`,
  ];
}

/** That the file gives probabilities, and leaves to who asks it what `nabla predict` decides by a threshold. */
function thresholdNotice(
  { preparation, temperature = 1 }: TrainedModel,
  { answersClasses, calibrated }: ModelFormat,
): readonly string[] {
  const { target } = preparation;
  if (target.kind !== "classes" || target.threshold === undefined || answersClasses === true) return [];
  const { positive, from } = target.threshold;
  const share = calibrated === true ? temperedShare(from, temperature) : from;
  return [
    `it gives probabilities: \`nabla predict\` says ${target.classes[positive]} from ${number(share)} of them on`,
  ];
}

/** The comparison of a file; one that cannot be made costs no file. */
async function comparedWith(
  format: ModelFormat,
  written: Written,
  { model, rows }: { readonly model: TrainedModel; readonly rows: ComparedRows | undefined },
): Promise<{ readonly compared?: Comparison; readonly notices: readonly string[] }> {
  try {
    const asked = rows ?? { table: exampleRows(model.preparation), from: "that were made up" };
    const compared = await compareExport(format, written, { model, rows: asked });
    return compared === undefined ? { notices: [] } : { compared, notices: comparisonNotice(compared) };
  } catch (error) {
    if (error instanceof NablaError && error.code === "export/differs") throw error;
    const why = error instanceof NablaError ? error.sentence : String(error);
    return { notices: [`its answers could not be compared with the model's: ${why}`] };
  }
}
