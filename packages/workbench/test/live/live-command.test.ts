import { expect, test } from "vitest";
import { parseLiveCommands } from "../../src/live/live-command.ts";

const thrown = (words: readonly string[], name?: string) => {
  try {
    parseLiveCommands(words, name);
  } catch (error) {
    return error;
  }
  return undefined;
};

test("words are acts in their order, and settings that stand together are one change", () => {
  expect(
    parseLiveCommands(["rate=3e-4", "keep.2=0.7", "pause", "batch=128", "undo", "fork", "continue", "stop"], "try-2"),
  ).toEqual([
    { kind: "set", settings: { rate: 3e-4, "keep.2": 0.7 } },
    { kind: "pause" },
    { kind: "set", settings: { batch: 128 } },
    { kind: "undo" },
    { kind: "fork", name: "try-2" },
    { kind: "continue" },
    { kind: "stop" },
  ]);
  expect(parseLiveCommands([])).toEqual([]);
  expect(parseLiveCommands(["penalty=-0"])).toEqual([{ kind: "set", settings: { penalty: -0 } }]);
});

test("what is nothing to do is refused, with what was meant", () => {
  expect(thrown(["pasue"])).toMatchObject({ code: "usage/act", message: expect.stringContaining('"pasue"') });
  expect(thrown(["pasue"])).toMatchObject({ hint: expect.stringMatching(/did you mean pause\?$/) });
  expect(thrown(["rate"])).toMatchObject({ code: "usage/act" });
  expect(thrown(["=3"])).toMatchObject({ code: "usage/act", message: expect.stringContaining('"=3"') });
  for (const text of ["", "fast", "NaN", "1e999", "0.1x"]) {
    expect(thrown([`rate=${text}`])).toMatchObject({
      code: "usage/value",
      message: expect.stringContaining(`"${text}"`),
    });
  }
  expect(thrown(["rate=1"], "try-2")).toMatchObject({ code: "usage/name" });
});
