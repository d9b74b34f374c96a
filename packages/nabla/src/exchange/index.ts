/** Models in and out of other tools' formats. */
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
