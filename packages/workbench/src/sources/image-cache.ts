import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../host/atomic-files.ts";
import { type BrokenImage, type DecodedImages, type Decoding, decodeImages } from "./image-decoder.ts";
import type { SurveyedImage } from "./image-survey.ts";

/** SHA-256 of the names and bytes of files, in their order. */
export function hashImages(images: readonly SurveyedImage[]): string {
  const hash = createHash("sha256");
  for (const { name, sha256 } of images) hash.update(`${name}\0`).update(sha256);
  return hash.digest("hex");
}

/**
 * Decodes once, then reads the pixels from a file that is named after the content of the images; what is broken stands
 * behind them. `cache` is its folder, `.nabla/cache` in the working folder unless given. A cache that cannot be written
 * costs the next decoding and nothing else.
 */
export async function cachedImages(
  decoding: Decoding,
  cache: string = join(".nabla", "cache"),
): Promise<DecodedImages> {
  const { images, shape } = decoding;
  const length = shape.reduce((product, side) => product * side, images.length);
  const place = join(cache, `${hashImages(images).slice(0, 32)}-${shape.join("x")}.pixels`);
  const kept = await readFile(place).catch(() => undefined);
  const known = kept === undefined ? undefined : brokenIn(kept.subarray(length), images.length);
  if (kept !== undefined && kept.length >= length && known !== undefined)
    return { pixels: kept.subarray(0, length), broken: known };
  const decoded = await decodeImages(decoding);
  const behind = decoded.broken.length === 0 ? [] : [Buffer.from(JSON.stringify(decoded.broken))];
  await writeFileAtomic(place, behind.length === 0 ? decoded.pixels : Buffer.concat([decoded.pixels, ...behind])).catch(
    () => {},
  );
  return decoded;
}

/** The broken images that a cache names; undefined for bytes that no cache has. */
function brokenIn(bytes: Buffer, rows: number): readonly BrokenImage[] | undefined {
  if (bytes.length === 0) return [];
  try {
    const found: unknown = JSON.parse(bytes.toString("utf8"));
    const valid = (one: unknown): one is BrokenImage =>
      typeof one === "object" &&
      one !== null &&
      "row" in one &&
      typeof one.row === "number" &&
      one.row >= 0 &&
      one.row < rows &&
      "fault" in one &&
      typeof one.fault === "string";
    return Array.isArray(found) && found.every(valid) ? found : undefined;
  } catch {
    return undefined;
  }
}
