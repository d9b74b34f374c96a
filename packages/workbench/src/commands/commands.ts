/** Every command by its name. A command's file is loaded when it is called, so that help does not wait for any. */
import type { Command } from "commander";

/** What a command's file exports. */
export interface CommandFile {
  /** Declares arguments, options and what is done. */
  readonly configure: (command: Command) => void;
}

/** A command before its file is loaded. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<CommandFile>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  train: { summary: "train a network on a data file", load: () => import("./train.ts") },
  tune: { summary: "find hyperparameters by many trainings at once", load: () => import("./tune.ts") },
  evaluate: { summary: "measure a run's model on its test, dev or train part", load: () => import("./evaluate.ts") },
  predict: { summary: "answer for every row of a file", load: () => import("./predict.ts") },
  ensemble: { summary: "make one model of several runs", load: () => import("./ensemble.ts") },
  runs: { summary: "list the stored runs", load: () => import("./runs.ts") },
  studies: { summary: "list the stored studies", load: () => import("./studies.ts") },
  show: { summary: "show a run or a study", load: () => import("./show.ts") },
  diagnose: { summary: "tell what holds a run back and what to try", load: () => import("./diagnose.ts") },
  rerun: { summary: "train a run once more, to the same last bit", load: () => import("./rerun.ts") },
  replay: { summary: "train a run once more with all that was changed on the way", load: () => import("./replay.ts") },
  report: { summary: "tell all of a run or a study in one HTML file", load: () => import("./report.ts") },
  adjust: { summary: "change, pause, undo or fork a run that trains with --live", load: () => import("./adjust.ts") },
  resume: { summary: "go on with a run that was stopped or interrupted", load: () => import("./resume.ts") },
  worker: { summary: "train trials for studies of other machines", load: () => import("./worker.ts") },
  check: { summary: "check the gradients of a network", load: () => import("./check.ts") },
  health: { summary: "see what passes through each layer", load: () => import("./health.ts") },
  "find-rate": { summary: "find a learning rate to begin with", load: () => import("./find-rate.ts") },
  export: { summary: "write a model in another tool's format", load: () => import("./export.ts") },
  import: { summary: "make a model of another tool's file", load: () => import("./import.ts") },
  doctor: { summary: "tell what this machine offers", load: () => import("./doctor.ts") },
};
