/** The size that images are scaled to, where none is given. */
import { count, type Notice } from "nabla";
import type { ImageShape } from "nabla/images";
import type { ImageHeader } from "./image-survey.ts";

/** A side beyond which images are made smaller: what networks of this size see well and learn from quickly. */
const LARGEST_SIDE = 64;

/** Height and width. */
export type ImageSize = readonly [height: number, width: number];

/**
 * The size of the files where all have the same, or at least half of them; else a square of the median of their shorter
 * sides. Sizes beyond 64 pixels a side are made smaller, with their proportions.
 */
export function commonSize(headers: readonly ImageHeader[]): ImageSize {
  const [most] = sizesOf(headers);
  if (most !== undefined && 2 * most.images >= headers.length) return within(most.size);
  const sides = headers.map(({ height, width }) => Math.min(height, width)).sort((a, b) => a - b);
  const middle = sides[Math.floor(sides.length / 2)] ?? 1;
  return within([middle, middle]);
}

/** Sizes and how many images have them, the most frequent first. */
function sizesOf(headers: readonly ImageHeader[]): readonly { readonly size: ImageSize; readonly images: number }[] {
  const found = new Map<string, { size: ImageSize; images: number }>();
  for (const { height, width } of headers) {
    const key = `${height}x${width}`;
    found.set(key, { size: [height, width], images: (found.get(key)?.images ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.images - a.images || a.size[0] - b.size[0] || a.size[1] - b.size[1]);
}

function within([height, width]: ImageSize): ImageSize {
  const factor = Math.min(1, LARGEST_SIDE / Math.max(height, width));
  return [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
}

/** What was chosen, from what, and how to choose another. */
export function sizeNotice(headers: readonly ImageHeader[], shape: ImageShape): Notice {
  const [height, width, channels] = shape;
  const sizes = sizesOf(headers);
  const chosen = shape.join("x");
  const code = "data/image-size";
  const [h, w] = sizes[0]?.size ?? [height, width];
  if (sizes.length < 2) {
    const kept = h === height && w === width;
    const message = kept
      ? `the images keep their size, ${chosen} (height x width x channels)`
      : `images of ${h}x${w} pixels are scaled to ${chosen}; --image ${h}x${w}x${channels} keeps them`;
    return { code, message };
  }
  const heights = sizes.map(({ size: [side] }) => side);
  const widths = sizes.map(({ size: [, side] }) => side);
  const from = `images of ${count(sizes.length, "size")} (height ${range(heights)}, width ${range(widths)})`;
  return { code, message: `${from} are scaled to ${chosen}; --image sets another size` };
}

function range(sides: readonly number[]): string {
  const sorted = sides.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** Whether pixels [rows, height, width, 3] show shades of gray alone. */
export function isGray(pixels: Uint8Array): boolean {
  for (let i = 0; i < pixels.length; i += 3)
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return false;
  return true;
}
