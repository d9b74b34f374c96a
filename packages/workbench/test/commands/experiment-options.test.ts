import { Command } from "commander";
import { expect, test } from "vitest";
import { optionsSay, withExperiment } from "../../src/commands/experiment-options.ts";
import type { PartialExperiment } from "../../src/experiment/fields.ts";
import { wordsOf } from "../../src/experiment/option-words.ts";

function said(...words: readonly string[]): PartialExperiment {
  const command = withExperiment(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return optionsSay(command.parse(words, { from: "user" }).opts());
}

test("options are read by their fields, and other names say the same", () => {
  expect(said("--hidden", "64,32", "--batch", "16", "--time", "2m", "--split", "70/15/15")).toEqual({
    hidden: [64, 32],
    batch: 16,
    time: 120,
    split: { train: 0.7, dev: 0.15, test: 0.15 },
  });
  expect(said("--learning-rate", "0.01", "--l2", "1e-3", "--dropout", "0.2")).toEqual({
    rate: 0.01,
    penalty: 0.001,
    keep: 0.8,
  });
  expect(said("--penalty", '{"kind":"l1","strength":0.01}').penalty).toEqual({ kind: "l1", strength: 0.01 });
  expect(said("--hidden", "none", "--feed-split-columns", "--out", "m")).toEqual({
    hidden: [],
    feedSplitColumns: true,
    output: "m",
  });
});

test.each([
  [["--keep", "1.5"], "keep must be a finite number above 0 and not above 1, received 1.5"],
  [["--dropout", "1"], "received 0"],
  [["--optimizer", "adm"], "did you mean adam"],
  [["--augment", "noise,blurr"], '"blurr" is no kind of augmentation'],
  [["--hidden", "64,wide"], 'hidden[1]: expected a whole number, received "wide"'],
  [["--rate", "0.1", "--learning-rate", "0.2"], "--rate and --learning-rate say the same twice"],
])("%j is refused", (words, message) => {
  expect(() => said(...words)).toThrow(message);
});

test("what is said comes back from its words, and defaults need none", () => {
  const experiment: PartialExperiment = {
    target: "y",
    split: { train: 0.7, dev: 0.15, test: 0.15 },
    ignore: ["id", "paid"],
    feedSplitColumns: true,
    image: [28, 28, 1],
    hidden: [],
    penalty: { kind: "l1", strength: 0.01 },
    augment: ["noise", { kind: "rotate", degrees: 10 }],
    time: 90,
    keep: 0.8,
  };
  expect(said(...wordsOf(experiment))).toEqual(experiment);
  expect(wordsOf({ target: "y", ignore: [], feedSplitColumns: false, levels: 256 })).toEqual(["--target", "y"]);
});
