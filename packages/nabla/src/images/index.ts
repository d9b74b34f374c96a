/** Pictures in pages as tables, prepared as the command prepares a folder of them: `nabla/images`. */
export type { FileSource } from "../base/file-source.ts";
export { type ImageShape, imageColumns, type ReadImagesOptions, readImages } from "./read-images.ts";
