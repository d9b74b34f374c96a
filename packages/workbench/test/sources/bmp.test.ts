import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bmpHeader, decodeBmp } from "../../src/sources/bmp.ts";
import { type BmpOptions, bmpBytes, littleEndian } from "./bmp-bytes.ts";

const decoded = (options: BmpOptions) => {
  const bytes = bmpBytes(options);
  const { data, ...header } = decodeBmp(bytes);
  expect(bmpHeader(bytes)).toEqual(header);
  return { ...header, data: [...data] };
};
const colors = [
  [0, 0, 255],
  [0, 255, 0],
  [255, 0, 0],
  [40, 30, 20],
] as const; // red, green, blue and a dark one, as blue, green, red
const grays = Array.from({ length: 256 }, (_, i) => [i, i, i] as const);

describe("BMP", () => {
  it("reads 24 bits with rows from the bottom, filled up to four bytes", () => {
    const body = [1, 2, 3, 4, 5, 6, 0, 0, 11, 12, 13, 14, 15, 16, 0, 0];
    expect(decoded({ width: 2, height: 2, bits: 24, body })).toEqual({
      width: 2,
      height: 2,
      channels: 3,
      data: [13, 12, 11, 16, 15, 14, 3, 2, 1, 6, 5, 4],
    });
    expect(decoded({ width: 2, height: -2, bits: 24, body }).data).toEqual([3, 2, 1, 6, 5, 4, 13, 12, 11, 16, 15, 14]);
  });

  it("reads palettes of 1, 4 and 8 bits, the first pixel in the highest bits, and those of OS/2", () => {
    const pair = [
      [0, 0, 0],
      [255, 255, 255],
    ];
    // ten pixels: 1011001110
    expect(decoded({ width: 10, height: 1, bits: 1, palette: pair, body: [0b10110011, 0b10000000, 0, 0] })).toEqual({
      width: 10,
      height: 1,
      channels: 1,
      data: [255, 0, 255, 255, 0, 0, 255, 255, 255, 0],
    });
    const four = { width: 3, height: 1, bits: 4, palette: colors, body: [0x01, 0x30, 0, 0] } as const;
    expect(decoded(four)).toMatchObject({ channels: 3, data: [255, 0, 0, 0, 255, 0, 20, 30, 40] });
    expect(decoded({ ...four, header: 12 }).data).toEqual([255, 0, 0, 0, 255, 0, 20, 30, 40]);
    const eight = { width: 3, height: 1, bits: 8, palette: grays, body: [7, 200, 255, 0] } as const;
    expect(decoded(eight)).toMatchObject({ channels: 1, data: [7, 200, 255] });
  });

  it("reads 16 and 32 bits by their masks", () => {
    const plain = littleEndian([0b0_11111_00000_10000, 0b0_00001_11111_00000], 16);
    expect(decoded({ width: 2, height: 1, bits: 16, body: plain }).data).toEqual([255, 0, 132, 8, 255, 0]);
    const masks = [0xf800, 0x7e0, 0x1f];
    const wide = littleEndian([0b11111_000000_00000, 0b00000_100000_11111], 16);
    expect(decoded({ width: 2, height: 1, bits: 16, compression: 3, masks, body: wide }).data).toEqual([
      255, 0, 0, 0, 130, 255,
    ]);
    // without masks the fourth byte means nothing
    const bytes = { width: 1, height: 1, bits: 32, body: [10, 20, 30, 99] } as const;
    expect(decoded(bytes)).toMatchObject({ channels: 3, data: [30, 20, 10] });
    const alpha = [0xff0000, 0xff00, 0xff, 0xff000000];
    expect(decoded({ ...bytes, header: 124, compression: 3, masks: alpha })).toMatchObject({
      channels: 4,
      data: [30, 20, 10, 99],
    });
    expect(decoded({ ...bytes, compression: 6, masks: alpha })).toMatchObject({ channels: 4, data: [30, 20, 10, 99] });
    expect(decoded({ ...bytes, compression: 3, masks: [0xff, 0xff00, 0xff0000] }).data).toEqual([10, 20, 30]);
  });

  it("reads run lengths: runs, literal pixels, ends of lines, jumps", () => {
    const eight = { width: 5, height: 3, bits: 8, compression: 1, palette: grays } as const;
    const body = [3, 9, 2, 8, 0, 0, 0, 3, 1, 2, 3, 0, 0, 2, 1, 1, 1, 77, 0, 1];
    // from the bottom: 9 9 9 8 8, then 1 2 3 and a jump by one pixel and one line, then 77
    expect(decoded({ ...eight, body }).data).toEqual([0, 0, 0, 0, 77, 1, 2, 3, 0, 0, 9, 9, 9, 8, 8]);
    const four = { width: 5, height: 1, bits: 4, compression: 2, palette: grays.slice(0, 16) } as const;
    expect(decoded({ ...four, body: [5, 0x3a, 0, 1] }).data).toEqual([3, 10, 3, 10, 3]);
    expect(decoded({ ...four, body: [0, 5, 0x12, 0x34, 0x50, 0, 0, 1] }).data).toEqual([1, 2, 3, 4, 5]);
    // a run over the end of a line, and no mark of the end
    expect(decoded({ ...four, body: [8, 0x66, 0, 0] }).data).toEqual([6, 6, 6, 6, 6]);
  });

  it("says what is wrong with a file that is not whole, and makes no room for pixels that are not there", () => {
    const message = (options: Partial<BmpOptions>, cut = Number.POSITIVE_INFINITY): string => {
      const bytes = bmpBytes({ width: 2, height: 2, bits: 24, body: Array.from({ length: 16 }, () => 1), ...options });
      try {
        decodeBmp(bytes.subarray(0, cut));
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
      return "";
    };
    expect(message({}, 60)).toBe("it is cut off: 6 of 16 bytes of pixels are there");
    expect(message({}, 20)).toBe("it is cut off: 20 bytes are no header");
    expect(message({}, 50)).toBe("it is cut off: 50 bytes are no header");
    expect(message({ width: 100_000, height: 100_000 })).toContain("16 of 30000000000 bytes of pixels");
    expect(message({ width: 0 })).toBe("its header says 0 x 2 pixels");
    expect(message({ bits: 7 })).toContain("7 bits in compression 0");
    expect(message({ compression: 4 })).toContain("24 bits in compression 4");
    const palette = colors;
    expect(message({ bits: 8, palette, body: [0, 9, 0, 0, 0, 0, 0, 0] })).toBe("a pixel has color 9 of a palette of 4");
    expect(message({ bits: 8, compression: 1, palette, body: [2, 1] })).toBe(
      "it is cut off: its pixels end in line 1 of 2",
    );
    expect(message({ bits: 8, compression: 1, palette, body: [0, 2, 0, 9, 1, 1, 0, 1] })).toBe(
      "its pixels go on after line 2",
    );
  });

  it("reads or refuses any bytes, in as much memory as the pixels take", () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: -2, max: 40 }),
          height: fc.integer({ min: -40, max: 40 }),
          bits: fc.constantFrom(1, 4, 8, 16, 24, 32, 5),
          compression: fc.constantFrom(0, 1, 2, 3, 6, 9),
          header: fc.constantFrom(40 as const, 108 as const, 124 as const),
          masks: fc.array(fc.integer(), { minLength: 3, maxLength: 4 }),
          palette: fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), { maxLength: 260 }),
          body: fc.array(fc.nat(255), { maxLength: 400 }),
          cut: fc.nat(600),
        }),
        ({ cut, ...options }) => {
          try {
            const { width, height, channels, data } = decodeBmp(bmpBytes(options).subarray(0, 26 + cut));
            expect(data.length).toBe(width * height * channels);
          } catch (error) {
            expect(error).toMatchObject({ code: "data/damaged-image" });
          }
        },
      ),
      { seed: 5, numRuns: 2000 },
    );
  });
});
