/** `nabla tune <file> --target <column>` */
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { compact, NablaError } from "nabla";
import { experimentFields } from "../experiment/fields.ts";
import type { StudyEvent, StudyPlan, StudyResult } from "../studies/study-events.ts";
import { searchKinds, studyFields } from "../studies/study-fields.ts";
import { secondsOf } from "../text/duration.ts";
import { withExperiment } from "./experiment-options.ts";
import { fieldOption, type OptionField } from "./field-option.ts";
import { jsonOption, quietOption, studyName, whole, withStore } from "./options.ts";
import type { StudyOptions } from "./study-options.ts";

interface TuneCommandOptions extends StudyOptions {
  /** As it was typed, such as 10m. */
  readonly time?: string;
  readonly workers?: number;
  readonly store?: string;
  readonly report?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Declares `nabla tune`: its arguments, its options and what it does. */
export function configureTune(command: Command): void {
  withStore(command)
    .argument("[files...]", "a table, a folder of images or IDX files; left out to go on with a --study")
    .addOption(fieldOption("time", experimentFields.time, { help: "time for all of it, such as 10m" }))
    .option(
      "--workers <count>",
      "parallel trials here (default: one for each core; 0: `nabla worker` does all)",
      whole(0),
    )
    .option("--study <name>", "the study's name; one that is there goes on", studyName)
    .option("--space <file>", "a YAML file of the hyperparameters (default: all that no option names)");
  for (const [name, one] of Object.entries<OptionField>(studyFields))
    command.addOption(fieldOption(name, one, { kinds: searchKinds }));
  withExperiment(command, { except: ["seed", "splitSeed", "time", "human"] })
    .option("--no-report", "write no reports")
    .option(...jsonOption)
    .option(...quietOption)
    .action(run);
}

async function run(files: readonly string[], options: TuneCommandOptions): Promise<void> {
  const { planStudyFor } = await import("./study-options.ts");
  const { tuneStudy } = await import("../studies/tune-study.ts");
  const { openStores } = await import("../store/open.ts");
  const { findStore } = await import("../store/store-place.ts");
  const { openExecutor } = await import("../workers/open-executor.ts");
  const { presentStudy } = await import("../terminal/present-study.ts");
  const { studyReportBeside } = await import("../report/report-beside.ts");
  const { store, workers = availableParallelism(), json = false, quiet = false, report = true, time } = options;
  const place = findStore(store, process.env, process.cwd());
  if (workers === 0 && place.kind !== "postgres") throw nobody(place.shown);
  const beside = report ? { report: studyReportBeside(store) } : {};
  await presentStudy(begin, { json, quiet, workers, ...beside, ...(store === undefined ? {} : { place: store }) });

  async function* begin(signal: AbortSignal): AsyncGenerator<StudyEvent, StudyResult, undefined> {
    const plan: StudyPlan = await planStudyFor(files, options, place);
    // Only now: an error in the data must not leave an empty store.
    await using stores = await openStores(place);
    await using executor = await openExecutor({ stores, place, workers, plan });
    const seconds = time === undefined ? undefined : secondsOf(time);
    const limits = compact({ spent: performance.now() / 1000, signal, time: seconds });
    return yield* tuneStudy(plan, { runs: stores.runs, studies: stores.studies, executor, ...limits });
  }
}

function nobody(shown: string): NablaError {
  return new NablaError(
    "usage/workers",
    `with --workers 0 nobody would train: ${shown} is a file of this machine, which no worker elsewhere sees`,
    "--workers 0 wants a store that workers share: --store postgres://user@host/database",
  );
}
