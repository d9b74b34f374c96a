/** The library that decodes images, which is loaded when one is. */
import { nativePackage } from "./native-package.ts";

/** Loads sharp. Throws `files/missing-package`. */
export async function loadSharp(): Promise<typeof import("sharp").default> {
  const load = async (): Promise<typeof import("sharp")> => await import("sharp");
  const images = { name: "sharp", need: "PNG, JPEG and other images need", instead: "give tables of numbers" };
  return (await nativePackage(load, images)).default;
}
