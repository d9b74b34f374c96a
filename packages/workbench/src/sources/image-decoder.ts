import { relative } from "node:path";
import { known, NablaError } from "nabla";
import type { ImageShape } from "./image-shape.ts";

/** How many images are decoded at once: sharp has threads of its own. */
const AT_ONCE = 4;

/** Images to decode, and where the pixels go. */
export interface Decoding {
  /** Where the images lie, for messages. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly shape: ImageShape;
}

/**
 * Decodes files to [rows, height, width, channels] of bytes, each stretched to the size. Transparency becomes white.
 * Throws `data/damaged-image` that names the file.
 */
export async function decodeImages({ folder, files, shape: [height, width, channels] }: Decoding): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const length = height * width * channels;
  const pixels = new Uint8Array(files.length * length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      const row = next++;
      const file = known(files[row], "a file");
      try {
        const image = sharp(file, { failOn: "truncated" }).rotate().flatten({ background: "white" });
        const resized = image.resize(width, height, { fit: "fill" });
        const colored = channels === 1 ? resized.toColourspace("b-w") : resized.toColourspace("srgb");
        const { data, info } = await colored.raw().toBuffer({ resolveWithObject: true });
        for (let i = 0; i < length; i++) {
          const pixel = Math.floor(i / channels);
          pixels[row * length + i] = data[pixel * info.channels + Math.min(i % channels, info.channels - 1)] ?? 0;
        }
      } catch (error) {
        const [reason = ""] = (error instanceof Error ? error.message : String(error)).split(/[:\n]*\n|:$/);
        const name = relative(folder, file);
        throw new NablaError(
          "data/damaged-image",
          `the image ${name} cannot be decoded: ${reason}`,
          "replace the file, or take it out of the folder",
        );
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return pixels;
}
