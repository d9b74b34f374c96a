import { expect, test } from "vitest";
import { csvLines } from "../../src/text/csv.ts";

test("cells are quoted where RFC 4180 asks for it, numbers have the digits of a float32", () => {
  expect(csvLines([["a,b", 'say "x"', " pad", "two\nlines"]])).toBe('"a,b","say ""x"""," pad","two\nlines"\n');
  expect(csvLines([["Adelie", Math.fround(0.1), 1, 1e-9]])).toBe("Adelie,0.1,1,1e-9\n");
});
