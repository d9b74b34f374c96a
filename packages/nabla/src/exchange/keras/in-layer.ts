import { NablaError } from "../../base/error.ts";

/**
 * Errors within a layer name it, "layer "dense" (Dense)", and become the file's: `keras/layer` for what nabla has nothing
 * for, `keras/shape` for what the library below refuses.
 */
export function inLayer<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    // a layer within a model within this one has its place already
    const inner = error.where[0]?.startsWith("layer ") === true;
    const code = error.code.startsWith("keras/") ? error.code : "keras/shape";
    const lacks = error.code === "keras/layer" && !inner ? `nabla has nothing for ${error.sentence}` : error.sentence;
    throw new NablaError(code, lacks, error.hint, [place, ...error.where]);
  }
}
