import { expect, test } from "vitest";
import { parseYaml } from "../../src/experiment/yaml-file.ts";

const bomb = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ..."bcdefghi".split("").map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`),
].join("\n");

test.each([
  ["aliases that stand for billions of words", bomb, /aliases/],
  ["an alias that holds itself", "a: &a { b: *a }", /holds itself/],
  ["an alias for nothing", "a: *b", /[Aa]lias/],
  ["a list in a list, ten thousand times", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, /nested/],
  ["maps two hundred deep", Array.from({ length: 200 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), /nested/],
])("%s are a sentence", async (_what, text, said) => {
  await expect(parseYaml(text, "x.yaml")).rejects.toMatchObject({
    code: "experiment/syntax",
    message: expect.stringMatching(said),
  });
});

test("what people write with aliases is read", async () => {
  expect((await parseYaml("a: &a { b: 1 }\nc: *a\nd: [*a, *a]", "x.yaml")).content).toEqual({
    a: { b: 1 },
    c: { b: 1 },
    d: [{ b: 1 }, { b: 1 }],
  });
});
