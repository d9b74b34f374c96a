import { programCommand, type StarterFile } from "../host/starter.ts";
import { commandLine } from "./command-line.ts";

const meanings: Readonly<Record<string, string>> = {
  "experiment.yaml": "all options of a training",
  "package.json": "for npm install",
  "penguins.csv": "measurements of 344 penguins of three species",
  "train.ts": "the same as a program",
  "train.mts": "the same as a program",
  "tsconfig.json": "for TypeScript",
};

/** The files of a new project, and what to type next. */
export function initText(folder: string, files: readonly StarterFile[]): string {
  const lines = files.map(
    ({ name, note }) => `${name.padEnd(17)}${meanings[name] ?? ""}${note === undefined ? "" : ` (${note})`}`,
  );
  const place = folder === "." ? [] : [`cd ${folder}`];
  const program = files.find(({ name }) => name.startsWith("train."))?.name ?? "train.ts";
  const next = [...place, commandLine(["train", "--config", "experiment.yaml"]), programCommand(program)];
  return [...lines, "", ...next.map((line, i) => `${i === 0 ? "Next" : ""}`.padEnd(10) + line)].join("\n");
}
