/** BMP, the bitmaps of Windows and OS/2: 1 to 32 bits a pixel, with a palette or masks, plain or run-length encoded. */
import { NablaError } from "nabla";

/** What the header of a BMP file says of its pixels. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** 1 for shades of gray, 4 where pixels can be transparent. */
  readonly channels: 1 | 3 | 4;
}

/** Rows from the top, pixels from the left. */
export interface BmpImage extends BmpHeader {
  readonly data: Uint8Array;
}

interface Layout extends BmpHeader {
  readonly bits: number;
  readonly topDown: boolean;
  readonly runLength: boolean;
  readonly start: number;
  /** Red, green and blue of each entry. */
  readonly palette: readonly Rgb[];
  /** The bits of red, green, blue and alpha in a pixel of 16 or 32 bits; alpha is 0 where there is none. */
  readonly masks: readonly number[];
}

type Rgb = readonly [red: number, green: number, blue: number];

const damaged = (message: string): NablaError =>
  new NablaError("data/damaged-image", message, "replace the file, or convert it to .png");

/** Reads the header alone. Throws `data/damaged-image`. */
export function bmpHeader(bytes: Uint8Array): BmpHeader {
  const { width, height, channels } = layoutOf(bytes);
  return { width, height, channels };
}

/** Decodes a file. Throws `data/damaged-image` for one that is not whole or of a kind that no one writes. */
export function decodeBmp(bytes: Uint8Array): BmpImage {
  const layout = layoutOf(bytes);
  const { width, height, channels, bits, topDown, runLength, start, palette } = layout;
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (!runLength && bytes.length < start + stride * height)
    throw damaged(
      `it is cut off: ${Math.max(0, bytes.length - start)} of ${stride * height} bytes of pixels are there`,
    );
  const data = new Uint8Array(width * height * channels);
  const indices = runLength ? runs(bytes, layout) : undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = maskedParts(layout);
  for (let line = 0; line < height; line++) {
    const row = topDown ? line : height - 1 - line;
    const from = start + line * stride;
    for (let x = 0; x < width; x++) {
      const to = (row * width + x) * channels;
      if (bits === 16 || bits === 32) {
        const pixel = bits === 16 ? view.getUint16(from + 2 * x, true) : view.getUint32(from + 4 * x, true);
        for (const [channel, { mask, shift, most }] of parts.entries())
          data[to + channel] = Math.round((((pixel & mask) >>> shift) * 255) / most);
      } else if (bits === 24) {
        for (let channel = 0; channel < 3; channel++) data[to + channel] = bytes[from + 3 * x + 2 - channel] ?? 0;
      } else {
        const index = indices?.[line * width + x] ?? packed(bytes[from + ((x * bits) >> 3)] ?? 0, x, bits);
        const color = palette[index];
        if (color === undefined) throw damaged(`a pixel has color ${index} of a palette of ${palette.length}`);
        if (channels === 1) data[to] = color[0];
        else data.set(color, to);
      }
    }
  }
  return { width, height, channels, data };
}

/** The pixel `x` of a byte that holds several, the first in the highest bits. */
function packed(byte: number, x: number, bits: number): number {
  const perByte = 8 / bits;
  return (byte >> ((perByte - 1 - (x % perByte)) * bits)) & ((1 << bits) - 1);
}

const BITS: readonly number[] = [1, 2, 4, 8, 16, 24, 32];
const [PLAIN, RLE8, RLE4, BITFIELDS, ALPHA_BITFIELDS] = [0, 1, 2, 3, 6];

function layoutOf(bytes: Uint8Array): Layout {
  if (bytes.length < 26) throw damaged(`it is cut off: ${bytes.length} bytes are no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(14, true);
  const core = size === 12;
  if (bytes.length < 14 + size) throw damaged(`it is cut off: ${bytes.length} bytes are no header`);
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signed = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = size < 40 ? PLAIN : view.getUint32(30, true);
  if (width <= 0 || signed === 0) throw damaged(`its header says ${width} x ${signed} pixels`);
  const height = Math.abs(signed);
  const runLength = (compression === RLE8 && bits === 8) || (compression === RLE4 && bits === 4);
  const fields = (compression === BITFIELDS || compression === ALPHA_BITFIELDS) && (bits === 16 || bits === 32);
  if (!BITS.includes(bits) || !(compression === PLAIN || runLength || fields))
    throw damaged(`its pixels have ${bits} bits in compression ${compression}, which no BMP that is read has`);
  // a header of 40 bytes has its masks behind it, larger ones hold them
  const behind = fields && size === 40 ? (compression === ALPHA_BITFIELDS ? 16 : 12) : 0;
  const paletteAt = 14 + size + behind;
  const masks = fields ? givenMasks(view, size + behind) : bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : RGB_MASKS;
  const entry = core ? 3 : 4;
  const said = size < 40 ? 0 : view.getUint32(46, true);
  const start = view.getUint32(10, true);
  const most = bits > 8 ? 0 : Math.min(said === 0 ? 2 ** bits : said, 2 ** bits);
  // some files have fewer entries than they say: pixels begin before
  const there = Math.floor((Math.min(bytes.length, start > paletteAt ? start : bytes.length) - paletteAt) / entry);
  const palette = Array.from({ length: Math.max(0, Math.min(most, there)) }, (_, i): Rgb => {
    const at = paletteAt + entry * i;
    return [bytes[at + 2] ?? 0, bytes[at + 1] ?? 0, bytes[at] ?? 0];
  });
  const gray = bits <= 8 && palette.every(([red, green, blue]) => red === green && green === blue);
  const channels = gray ? 1 : (masks[3] ?? 0) !== 0 && fields ? 4 : 3;
  return { width, height, channels, bits, topDown: signed < 0, runLength, start, palette, masks };
}

const RGB_MASKS: readonly number[] = [0xff0000, 0xff00, 0xff, 0];

function givenMasks(view: DataView, size: number): readonly number[] {
  if (view.byteLength < 14 + size) throw damaged(`it is cut off: ${view.byteLength} bytes are no header`);
  const alpha = size >= 56 ? view.getUint32(66, true) : 0;
  return [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true), alpha];
}

/** Where the channels of a pixel of 16 or 32 bits lie; each is stretched from its own number of bits to 0 to 255. */
function maskedParts({ masks, channels }: Layout): readonly { mask: number; shift: number; most: number }[] {
  return masks.slice(0, channels).map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: Math.max(1, mask >>> shift) };
  });
}

/** Palette indices from run-length encoding, in the order of the file; what is skipped has index 0. */
function runs(bytes: Uint8Array, { width, height, bits, start }: Layout): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [at, x, line] = [start, 0, 0];
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw damaged(`it is cut off: its pixels end in line ${line + 1} of ${height}`);
    return byte;
  };
  const put = (index: number): void => {
    if (line >= height) throw damaged(`its pixels go on after line ${height}`);
    // writers that fill up a word run over the end of a line
    if (x < width) indices[line * width + x] = index;
    x++;
  };
  // some writers leave out the mark of the end
  while (line < height || at < bytes.length) {
    const [length, value] = [next(), next()];
    if (length > 0) {
      for (let i = 0; i < length; i++) put(bits === 8 ? value : (value >> (i % 2 === 0 ? 4 : 0)) & 15);
    } else if (value === 0) {
      [x, line] = [0, line + 1];
    } else if (value === 1) {
      return indices;
    } else if (value === 2) {
      [x, line] = [x + next(), line + next()];
    } else {
      const from = at;
      for (let i = 0; i < value; i++) {
        const byte = bits === 8 || i % 2 === 0 ? next() : (bytes[at - 1] ?? 0);
        put(bits === 8 ? byte : (byte >> (i % 2 === 0 ? 4 : 0)) & 15);
      }
      // literal pixels fill whole words
      at += (at - from) % 2;
    }
  }
  return indices;
}
