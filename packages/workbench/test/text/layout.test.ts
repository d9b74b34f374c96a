import { expect, test } from "vitest";
import { clip, clipMiddle, fact, grid, pad, widthOf, wrap } from "../../src/text/layout.ts";

test("width counts what is seen: no colors, wide characters twice, marks not at all", () => {
  expect(widthOf("\u001b[31mred\u001b[39m")).toBe(3);
  expect(widthOf("数字")).toBe(4);
  expect(widthOf("e\u0301")).toBe(1);
  expect(widthOf("⭐✅")).toBe(4);
});

test("lines break at spaces, never between a number and its percent sign, and long words stay whole", () => {
  expect(wrap("an error of 12% is high", 13)).toEqual(["an error of", "12% is high"]);
  expect(wrap("an error of 12% is high", 14)).toEqual(["an error of", "12% is high"]);
  expect(wrap("see /a/very/long/path now", 8)).toEqual(["see", "/a/very/long/path", "now"]);
});

test("a fact goes on below itself, and a label that is too long stands alone", () => {
  expect(fact("Data", "one two three", { indent: 6, width: 13 })).toBe("Data  one two\n      three");
  expect(fact("Schedules", "x", { indent: 6 })).toBe("Schedules\n      x");
  expect(fact("", "x\ny", { indent: 2 })).toBe("  x\n  y");
});

test("padding and clipping keep to the width", () => {
  expect(pad("ab", 4, "right")).toBe("  ab");
  expect(clip("abcdef", 4)).toBe("abc…");
  expect(clip("数字数字", 5)).toBe("数字…");
  expect(clip("abcd", 4)).toBe("abcd");
  expect(clipMiddle("abcdefgh", 5)).toBe("ab…gh");
  expect(clipMiddle("abcde", 5)).toBe("abcde");
  expect(clipMiddle("数字数字数字", 6)).toBe("数…字");
  expect(clipMiddle("abcdefxe\u0301", 4)).toBe("ab…e\u0301");
});

test("a grid is as wide as its widest cells", () => {
  const text = grid(
    [{ title: "run" }, { title: "dev", align: "right" }],
    [
      ["digits-1", "2.8%"],
      ["p", ""],
    ],
  );
  expect(text).toBe("run        dev\ndigits-1  2.8%\np");
});
