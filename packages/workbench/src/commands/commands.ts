/** Every command by its name. A command's file is loaded when it is called, so that help does not wait for any. */
import type { Command } from "commander";

/** What a command's file exports: it declares arguments, options and what is done. */
type Configure = (command: Command) => void;

/** A command before its file is loaded. */
export interface CommandEntry {
  readonly summary: string;
  /** It leaves something behind, so that what it prints is not all it does. */
  readonly works?: true;
  readonly load: () => Promise<Configure>;
}

/** Every command by its name, loaded when it is called. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  train: {
    summary: "train a network on a data file",
    works: true,
    load: async () => (await import("./train.ts")).configureTrain,
  },
  profile: {
    summary: "show what each column of a file is read as",
    load: async () => (await import("./profile.ts")).configureProfile,
  },
  tune: {
    summary: "find hyperparameters with parallel trials",
    works: true,
    load: async () => (await import("./tune.ts")).configureTune,
  },
  evaluate: {
    summary: "measure a run's model on its test, dev or train part",
    load: async () => (await import("./evaluate.ts")).configureEvaluate,
  },
  predict: {
    summary: "answer for every row of a file",
    load: async () => (await import("./predict.ts")).configurePredict,
  },
  serve: {
    summary: "answer rows as JSON over HTTP",
    works: true,
    load: async () => (await import("./serve.ts")).configureServe,
  },
  ensemble: {
    summary: "make one model of several runs",
    works: true,
    load: async () => (await import("./ensemble.ts")).configureEnsemble,
  },
  explain: {
    summary: "show which columns or patches a network goes by, and why it predicts what it does",
    load: async () => (await import("./explain.ts")).configureExplain,
  },
  compare: {
    summary: "compare runs on the same dev rows",
    load: async () => (await import("./compare.ts")).configureCompare,
  },
  runs: { summary: "list the stored runs", load: async () => (await import("./runs.ts")).configureRuns },
  studies: { summary: "list the stored studies", load: async () => (await import("./studies.ts")).configureStudies },
  show: { summary: "show a run or a study", load: async () => (await import("./show.ts")).configureShow },
  ui: {
    summary: "look at runs in the browser, compare and steer them",
    works: true,
    load: async () => (await import("./ui.ts")).configureUi,
  },
  diagnose: {
    summary: "tell what holds a run back and what to try",
    load: async () => (await import("./diagnose.ts")).configureDiagnose,
  },
  rerun: {
    summary: "train a run once more, to the same last bit",
    works: true,
    load: async () => (await import("./rerun.ts")).configureRerun,
  },
  replay: {
    summary: "train a run once more with all that was changed on the way",
    works: true,
    load: async () => (await import("./replay.ts")).configureReplay,
  },
  report: {
    summary: "tell all of a run or a study in one HTML file",
    works: true,
    load: async () => (await import("./report.ts")).configureReport,
  },
  adjust: {
    summary: "change, pause, undo or fork a run that trains with --live",
    works: true,
    load: async () => (await import("./adjust.ts")).configureAdjust,
  },
  resume: {
    summary: "go on with a run that was stopped or interrupted",
    works: true,
    load: async () => (await import("./resume.ts")).configureResume,
  },
  worker: {
    summary: "train trials for studies of other machines",
    works: true,
    load: async () => (await import("./worker.ts")).configureWorker,
  },
  check: { summary: "check the gradients of a network", load: async () => (await import("./check.ts")).configureCheck },
  health: {
    summary: "see what passes through each layer",
    load: async () => (await import("./health.ts")).configureHealth,
  },
  "find-rate": {
    summary: "find a learning rate to begin with",
    load: async () => (await import("./find-rate.ts")).configureFindRate,
  },
  export: {
    summary: "write a model in another tool's format",
    works: true,
    load: async () => (await import("./export.ts")).configureExport,
  },
  import: {
    summary: "make a model of another tool's file",
    works: true,
    load: async () => (await import("./import.ts")).configureImport,
  },
  schema: {
    summary: "print the JSON Schema of experiment.yaml, for editors",
    load: async () => (await import("./schema.ts")).configureSchema,
  },
  init: {
    summary: "write a table, an experiment file and a program to begin with",
    works: true,
    load: async () => (await import("./init.ts")).configureInit,
  },
  completion: {
    summary: "print the script by which a shell completes all of this",
    load: async () => {
      const { configureCompletion } = await import("./completion.ts");
      return (command) => configureCompletion(command, commands);
    },
  },
  doctor: { summary: "tell what this machine offers", load: async () => (await import("./doctor.ts")).configureDoctor },
};
