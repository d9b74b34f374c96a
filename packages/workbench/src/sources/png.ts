/** Pixels as a picture that a page can show. */
import type { NdArray } from "nabla";
import { loadSharp } from "../host/sharp.ts";

/** Pixels [1, height, width, channels] from 0 to 255 as an address that holds them. */
export async function pngAddress({ data, shape }: NdArray): Promise<string> {
  const [, height = 1, width = 1, channels = 1] = shape;
  const sharp = await loadSharp();
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const png = await sharp(Uint8Array.from(data), { raw }).png().toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
