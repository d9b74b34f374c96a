/** `nabla profile <file>` */
import type { Command } from "commander";
import { compact } from "nabla";
import { readingIn } from "../experiment/reading-fields.ts";
import { type ExperimentOptions, readingKeys, withExperiment } from "./experiment-options.ts";
import { jsonOption } from "./options.ts";

interface ProfileOptions extends ExperimentOptions {
  readonly json?: boolean;
}

/** Declares `nabla profile`: its arguments, its options and what it does. */
export function configureProfile(command: Command): void {
  withExperiment(command.argument("<files...>", "a table, or several with the same columns"), {
    only: ["target", "task", ...readingKeys],
  })
    .option(...jsonOption)
    .action(run);
}

async function run(files: readonly string[], options: ProfileOptions): Promise<void> {
  const { print } = await import("../terminal/print.ts");
  const { profileText } = await import("../terminal/profile.ts");
  const { statedIn } = await import("./stated-experiment.ts");
  const { checkedProfile } = await import("../experiment/profile-checks.ts");
  const { data = "", target, task, ...said } = await statedIn(files, options);
  const found = await checkedProfile(data, compact({ ...readingIn(said), target, task }));
  print(options.json, found, () => profileText(found));
}
