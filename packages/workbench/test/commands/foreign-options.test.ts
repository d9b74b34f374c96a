/** Options as other tools call them: understood, or answered with what to type here. */
import { Command } from "commander";
import { expect, test } from "vitest";
import { optionsSay, withExperiment } from "../../src/commands/experiment-options.ts";
import { answerTo } from "../../src/commands/foreign-options.ts";
import { parseExperiment } from "../../src/experiment/read-experiment.ts";

/** What the words come to. */
function said(...words: readonly string[]): object {
  const command = withExperiment(new Command("train"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(words, { from: "user" });
  return optionsSay(command.opts());
}

test.each([
  [["--lr", "0.01"], { rate: 0.01 }],
  [["--learning-rate", "0.01"], { rate: 0.01 }],
  [["--dropout", "0.2"], { keep: 0.8 }],
  [["--dropout-rate", "0"], { keep: 1 }],
  [["--l2", "1e-3"], { penalty: 0.001 }],
  [["--batch-size", "64", "--max-epochs", "7"], { batch: 64, epochs: 7 }],
  [["--hidden-layer-sizes", "64,32"], { hidden: [64, 32] }],
  [["--label", "y", "--drop", "id,day"], { target: "y", ignore: ["id", "day"] }],
  [["--random-state", "3", "--output", "m"], { seed: 3, output: "m" }],
  [["--early-stopping-patience", "5", "--sep", ";"], { patience: 5, delimiter: ";" }],
])("%j is understood", (words, experiment) => {
  expect(said(...words)).toMatchObject(experiment);
});

test("an option under two names is refused, and one out of range is named as it was typed", () => {
  expect(() => said("--lr", "0.1", "--rate", "0.2")).toThrow("--rate and --lr say the same twice");
  expect(() => said("--dropout", "1.2")).toThrow(/received -0\.2 \(1\.2 of --dropout\)/);
});

const known = withExperiment(new Command("train")).options.map(({ long }) => long ?? "");

test.each([
  [["--val-split", "0.2"], "--split 80/20/0 (train/dev/test)"],
  [["--validation-split=15"], "--split 85/15/0 (train/dev/test)"],
  [["--test-size", "0.2"], "--split 60/20/20 (train/dev/test)"],
  [["--train_split", "0.7"], "--split 70/15/15 (train/dev/test)"],
  [["--val-split"], "--split 60/20/20 (train/dev/test)"],
  [["--weight-decay", "0.1"], `--optimizer '{"kind":"adamW","decay":0.1}'`],
  [["--momentum", "0.8"], `--optimizer '{"kind":"momentum","beta":0.8}'`],
  [["--early-stopping", "--lr", "3"], "--patience 10"],
  [["--scaler", "minmax"], "--scaling minMax"],
  [["--batch_size", "32"], "it is written --batch-size"],
  [["--timeColumn", "day"], "it is written --time-column"],
])("%j is answered by %j", (words, answer) => {
  const [flag = ""] = words;
  expect(answerTo(flag, words, known)).toBe(answer);
});

test("what an answer says to type is an option that is there, and reads its value", () => {
  for (const [flag, value] of [
    ["--val-split", "0.2"],
    ["--wd", "0.1"],
    ["--momentum", "0.9"],
    ["--l1", "1e-3"],
    ["--beta2", "0.99"],
    ["--layers", "8,4"],
    ["--early-stopping", "4"],
    ["--normalize", ""],
    ["--classification", ""],
  ] as const) {
    const answer = answerTo(flag, [flag, value], known) ?? "";
    const words = answer
      .replace(/ \(.*\)$/, "")
      .replaceAll("'", "")
      .split(" ");
    expect(words[0], flag).toMatch(/^--/);
    expect(Object.keys(said(...words)), answer).toHaveLength(1);
  }
});

test("nothing is said of a command that has no such option, nor of a slip", () => {
  expect(answerTo("--val-split", ["--val-split", "0.2"], ["--store", "--json"])).toBeUndefined();
  expect(answerTo("--targt", ["--targt", "y"], known)).toBeUndefined();
  expect(answerTo("--sep", ["--sep", ";"], ["--delimiter"])).toBe("here it is --delimiter");
});

test("an experiment file too is answered by the name here", async () => {
  const hint = async (line: string): Promise<unknown> =>
    await parseExperiment(`data: a.csv\n${line}\n`, "e.yaml").catch(({ hint }) => hint);
  expect(await hint("learning_rate: 0.1")).toBe("here it is rate: 0.1");
  expect(await hint("dropout: 0.2")).toBe("here it is keep: 0.8");
  expect(await hint("batchSize: 20")).toBe("here it is batch: 20");
  expect(await hint("hiden: [3]")).toMatch(/^did you mean hidden/);
  expect(await hint("optimizer: sgd")).toBe("did you mean gradientDescent?");
  expect(await hint("loss: mean_squared_error")).toBe("did you mean squaredError?");
  expect(await hint("activation: leaky_relu")).toBe("did you mean leakyRelu?");
});
