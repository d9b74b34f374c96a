import { NablaError, type Preparation } from "nabla";
import { type ImageShape, imageColumns } from "nabla/images";

/** The pixels beyond which an image is not decoded, unless more are allowed: about 400 megabytes in memory. */
export const mostPixels = 100_000_000;

/** `28x28`, `28x28x1` or `64x48x3` (height first). Throws `usage/image`. */
export function imageShapeOf(text: string): ImageShape {
  const parts = text.trim().toLowerCase().split(/[x×]/).map(Number);
  const [height = 0, width = 0, channels = 1] = parts;
  const sides = [height, width].every((side) => Number.isInteger(side) && side > 0 && side <= 4096);
  if (sides && (parts.length === 2 || parts.length === 3) && (channels === 1 || channels === 3))
    return [height, width, channels];
  throw new NablaError(
    "usage/image",
    `an image size is height x width x channels, such as 28x28x1 or 64x64x3, received "${text}"`,
    "1 channel is gray, 3 are red, green and blue",
  );
}

/** The size of the images that a model takes; undefined for one that takes tables. */
export function imageShapeIn({ columns }: Preparation): ImageShape | undefined {
  const [image] = columns.filter((column) => column.kind === "block");
  if (image === undefined || image.name !== imageColumns.image) return undefined;
  const [height = 1, width = 1, channels = 1] = image.shape;
  return [height, width, channels];
}
