/** What a file is by its name and by its first bytes, where the bytes decide. */

/** Formats of images that are read. */
export const IMAGE_FORMATS = ["png", "jpeg", "webp", "gif", "bmp", "tiff", "avif"] as const;
/** A format of images that is read. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** As many first bytes of a file as tell its format, the palette of a BMP among them. */
export const SIGNATURE_BYTES = 1200;
const TEXT_BYTES = 512;

const READ = /\.(a?png|jpe?g|jpe|jfif|webp|gif|bmp|dib|tiff?|avif)$/i;
const UNREAD =
  /^\.(heic|heif|svgz?|psd|ico|jxl|jp2|j2k|tga|pcx|p[bgpn]m|exr|hdr|raw|dng|cr[23]|nef|arw|orf|rw2|raf|pdf|eps|ai|xcf|emf|wmf)$/;

/** Whether a file is an image by its name. */
export function hasImageName(name: string): boolean {
  return READ.test(name);
}

/** The extension of a name in lower case, such as `.txt`; empty for none. `2024.05.31` and `photo.1` have none. */
export function extensionOf(name: string): string {
  return (/\.[a-z][a-z\d]{0,7}$/i.exec(name)?.[0] ?? "").toLowerCase();
}

/** Whether files with this extension show something, in a format that is not read. */
export function isUnreadFormat(extension: string): boolean {
  return UNREAD.test(extension);
}

const text = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));

/** The brands of a file in the ISO base media format, such as `avif` or `heic`. */
function brandsOf(bytes: Uint8Array): readonly string[] {
  if (text(bytes, 4, 8) !== "ftyp") return [];
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const end = Math.min(bytes.length, ((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
  return Array.from({ length: Math.max(0, Math.floor((end - 8) / 4)) }, (_, i) => text(bytes, 8 + 4 * i, 12 + 4 * i));
}

const BMP_HEADERS: readonly number[] = [12, 16, 40, 52, 56, 64, 108, 124];

/** The format of an image by its first bytes; undefined for anything that is not read. */
export function imageFormatOf(bytes: Uint8Array): ImageFormat | undefined {
  if (text(bytes, 0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (text(bytes, 0, 3) === "\xff\xd8\xff") return "jpeg";
  if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 12) === "WEBP") return "webp";
  if (/^GIF8[79]a/.test(text(bytes, 0, 6))) return "gif";
  if (/^(II[*+]\0|MM\0[*+])/.test(text(bytes, 0, 4))) return "tiff";
  if (text(bytes, 0, 2) === "BM" && BMP_HEADERS.includes(bytes[14] ?? 0) && bytes[15] === 0) return "bmp";
  return brandsOf(bytes).some((brand) => brand === "avif" || brand === "avis") ? "avif" : undefined;
}

/** What a file that is no image of these formats holds instead, by its first bytes: `it is an SVG drawing`. */
export function otherContent(file: Uint8Array): string {
  const bytes = file.subarray(0, TEXT_BYTES);
  if (bytes.length === 0) return "it is empty (0 bytes)";
  if (bytes.every((byte) => byte === 0)) return "its first bytes are zeros, as a failed download leaves them";
  const start = text(bytes, 0, TEXT_BYTES).replace(/^\xef\xbb\xbf/, "");
  if (/<svg[\s/>]/i.test(start)) return "it is an SVG drawing, not an image of pixels";
  if (/^\s*(<!doctype html|<html)/i.test(start)) return "it is an HTML page";
  if (start.startsWith("version https://git-lfs"))
    return "it is a Git LFS pointer, not the image itself (git lfs pull)";
  if (start.startsWith("%PDF")) return "it is a PDF document";
  if (start.startsWith("8BPS")) return "it is a Photoshop file, which is not read";
  if (["\xff\x0a", "\0\0\0\x0cJXL "].some((jxl) => start.startsWith(jxl)))
    return "it is in JPEG XL format, which is not read";
  if (["\xff\x4f\xff\x51", "\0\0\0\x0cjP  "].some((jp2) => start.startsWith(jp2)))
    return "it is in JPEG 2000 format, which is not read";
  if (brandsOf(bytes).some((brand) => /^(hei[cxms]|hev[cxms]|mif1)$/.test(brand)))
    return "it is in HEIC format, which is not read";
  const control = bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
  return control ? "its first bytes are those of no image format" : "it is a text file";
}

const ENDS: Readonly<Partial<Record<ImageFormat, string>>> = { png: "IEND", jpeg: "\xff\xd9", gif: "\x3b" };
/** What may follow the end of an image, as cameras and editors write it. */
const AFTER_END = 64;

/** Whether a file ends before its image does, as far as its last bytes tell. */
export function isCutOff(file: Buffer, format: ImageFormat): boolean {
  const end = ENDS[format];
  return end !== undefined && !file.subarray(-AFTER_END).includes(end, 0, "latin1");
}
