import { styleText } from "node:util";
import { expect, test } from "vitest";
import { cleaned, printed, printedJson, signColors } from "../../src/host/printed.ts";

const ESC = "\u001b";

test.each([
  ["colors", `${ESC}[31mred${ESC}[0m`, "␛[31mred␛[0m"],
  ["a link", `${ESC}]8;;https://a.b${ESC}\\here${ESC}]8;;${ESC}\\`, "␛]8;;https://a.b␛\\here␛]8;;␛\\"],
  ["a title", `${ESC}]0;owned\u0007`, "␛]0;owned␇"],
  ["a carriage return", "real\rfake", "real␍fake"],
  ["one-byte sequences", "\u009b31mred\u009d0;x\u009c", "�31mred�0;x�"],
  ["text that is turned around", "a\u202eb\u2066c\u200f", "a�b�c�"],
  ["backspaces, deletes and nothing", "a\bb\u007fc\0", "a␈b␡c␀"],
  ["other lines", "a\u2028b", "a�b"],
])("%s of a file are shown and not sent", (_what, text, shown) => {
  expect(printed(text)).toBe(shown);
});

test("lines, tabs and letters of every script stay as they are", () => {
  const text = "Größe\t木\nनमस्ते 👩‍🔬 שלום é";
  expect(printed(text)).toBe(text);
});

test("nabla's own colors are sent, and those of a name within them are not", () => {
  const colored = signColors(styleText("red", cleaned(`${ESC}[8mhidden`), { validateStream: false }));
  expect(printed(colored)).toBe(`${ESC}[31m␛[8mhidden${ESC}[39m`);
});

test("colors that imitate a signature are shown", () => {
  expect(printed(`${ESC}[31;1234;5678;9012mred`)).toBe("␛[31;1234;5678;9012mred");
});

test("JSON says the same and is obeyed by no terminal", () => {
  const document = { [`a${ESC}[31m`]: "b\u202ec\u009bd\u007f\n", plain: "é" };
  const text = printedJson(document);
  expect(JSON.parse(text)).toEqual(document);
  expect(text).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
});

test("passwords of addresses are printed nowhere", () => {
  const address = "see https://me:s3cret@host/x and postgres://a:b%40c@h:5432/d, not https://host:80/@x";
  expect(printed(address)).toBe("see https://me@host/x and postgres://a@h:5432/d, not https://host:80/@x");
  expect(JSON.parse(printedJson({ address }))).toEqual({ address: printed(address) });
});
