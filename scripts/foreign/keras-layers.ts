/** Layers of Keras 3, each saved alone: imported by the workbench, with equal answers. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NablaError, type NdArray, ndarray } from "nabla";
import { furthest } from "../../packages/nabla/test/exchange/runtime.ts";
import { importModel } from "../../packages/workbench/src/exchange/import-model.ts";
import { answersOf } from "../../packages/workbench/test/exchange/answers.ts";
import type { Outcome } from "./outcome.ts";

interface Packed {
  readonly shape: readonly number[];
  readonly data: string;
}

/** One layer as `keras_layers.py` prints it. */
export interface KerasLayer {
  readonly name: string;
  readonly model: string;
  readonly input: Packed;
  /** What Keras answers, computed in float64. */
  readonly output: Packed;
  /** How much of a difference rounding to float32 makes, relative to numbers above 1. */
  readonly rounding: number;
}

/** The largest difference from Keras, relative to numbers above 1, where float32 carries so many digits. */
const TOLERANCE = 1e-5;

/** Imports a model and compares its answers to plain numbers, through the preparation that it comes with. */
export async function runKerasLayer({ model, input, output, rounding }: KerasLayer): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-keras-"));
  try {
    const file = join(folder, "m.keras");
    writeFileSync(file, Buffer.from(model, "base64"));
    const { model: read } = await importModel(file);
    const { data, shape } = unpacked(input);
    const wanted = unpacked(output);
    const answers = await answersOf(read, { shape, inputs: [...data], answers: [] });
    if (answers.data.length !== wanted.data.length)
      return { result: "wrong", reason: `${answers.data.length} numbers for ${wanted.data.length}` };
    const error = furthest(answers, wanted);
    if (error < Math.max(TOLERANCE, 4 * rounding)) return { result: "passed" };
    return { result: "wrong", reason: `a difference of ${error}` };
  } catch (error) {
    if (!(error instanceof NablaError)) return { result: "wrong", reason: String(error).slice(0, 200) };
    return { result: "refused", reason: `${error.code}: ${error.message.replace(/layer "\w+"/, "a layer")}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unpacked({ shape, data }: Packed): NdArray {
  return ndarray(new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer), shape);
}
