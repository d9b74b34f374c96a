import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainNumber } from "../../src/reading/plain-number.ts";

const read = (text: string): number => {
  const bytes = new TextEncoder().encode(text);
  return plainNumber(bytes, 0, bytes.length);
};

describe("plain numbers", () => {
  it("are the nearest float64, for any digits and places of the point", () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{0,21}$/);
    fc.assert(
      fc.property(digits, fc.nat(25), fc.boolean(), (all, places, negative) => {
        const padded = all.padStart(places + 1, "0");
        const cut = padded.length - places;
        const text = `${negative ? "-" : ""}${padded.slice(0, cut)}.${padded.slice(cut)}`;
        expect(read(text)).toBe(places === 0 ? Number.NaN : Number(text));
      }),
      { seed: 17, numRuns: 5000 },
    );
  });

  it("are the float64 that was printed, with exponents too", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 0, max: 20 }),
        (value, places) => {
          for (const text of [String(value), value.toExponential(places), value.toPrecision(17)]) {
            if (/^-?\d+\.\d/.test(text) && Number.isFinite(Number(text))) expect(read(text)).toBe(Number(text) + 0);
          }
        },
      ),
      { seed: 18, numRuns: 5000 },
    );
  });

  it("round halves to even, and are right beside them", () => {
    // the middle between two float64 is an odd number of half units in the last place
    for (let i = 0; i < 2000; i++) {
      const below = 2 ** 53 + 2 * i;
      const middle = BigInt(below) + 1n;
      for (const text of [`${middle}.0`, `${middle}.5`, `${middle - 1n}.9`, `${middle}.01`, `${middle - 1n}.99`])
        expect(read(text)).toBe(Number(text));
    }
  });
});
