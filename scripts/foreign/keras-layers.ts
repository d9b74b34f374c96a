/** Layers of Keras 3, each saved alone: imported by the workbench, with equal answers. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NablaError, type NdArray, ndarray, predict } from "nabla";
import { furthest } from "../../packages/nabla/test/exchange/runtime.ts";
import { importModel } from "../../packages/workbench/src/exchange/import-model.ts";
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
  readonly output: Packed;
}

/** The largest difference from Keras, relative to numbers above 1. */
const TOLERANCE = 1e-5;

/** Imports a model and compares its answers. */
export async function runKerasLayer({ model, input, output }: KerasLayer): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "nabla-keras-"));
  try {
    const file = join(folder, "m.keras");
    writeFileSync(file, Buffer.from(model, "base64"));
    const { model: read } = await importModel(file);
    const { answers } = await predict(read.trained, unpacked(input));
    const wanted = unpacked(output);
    const [single] = answers.shape.length < wanted.shape.length ? [{ ...answers, shape: wanted.shape }] : [answers];
    const error = furthest(single, wanted);
    return error < TOLERANCE ? { result: "passed" } : { result: "wrong", reason: `a difference of ${error}` };
  } catch (error) {
    if (!(error instanceof NablaError)) return { result: "wrong", reason: String(error).slice(0, 200) };
    return { result: "refused", reason: `${error.code}: ${error.message}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unpacked({ shape, data }: Packed): NdArray {
  return ndarray(new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer), shape);
}
