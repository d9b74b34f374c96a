/** The `nabla` command: finds the command that is meant, loads its file and runs it. */
import { Command, CommanderError } from "commander";
import { commands } from "./commands/commands.ts";
import { printError, printOut, standardError, standardOutput } from "./host/output.ts";

const USAGE = 2;

async function build(name: string | undefined): Promise<Command> {
  const program = new Command("nabla")
    .description("Trains neural networks on your data and explains what it did.")
    .helpCommand(false)
    .option("-V, --version", "print the version")
    .action(async (options: { readonly version?: boolean }) => {
      if (options.version === true) await printVersion();
      else await printHelp(program);
    });
  for (const [known, { summary, load }] of Object.entries(commands)) {
    const command = program.command(known).summary(summary);
    if (known !== name) continue;
    (await load())(command.description(summary));
    refuseRepeated(command);
  }
  program.addHelpText("after", "\nOne command in full: nabla train --help");
  // Errors are printed here, in one way; subcommands inherit this only if configured to.
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {}, writeOut: printOut, writeErr: printError })
      .showSuggestionAfterError(true);
  }
  return program;
}

/** Of an option given twice the last would win in silence; those that hold several values combine them. */
function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    const combines = Array.isArray(option.defaultValue) || ("repeatable" in option && option.repeatable === true);
    if (option.isBoolean() || combines) continue;
    let given = 0;
    command.on(`option:${option.name()}`, () => {
      given += 1;
      const message = `error: option '${option.flags}' is given twice\nhint: leave one of them out`;
      if (given > 1) throw new CommanderError(USAGE, "nabla.twice", message);
    });
  }
}

/** All commands, and what to type first with the files that lie here. */
async function printHelp(program: Command): Promise<void> {
  const { firstSteps } = await import("./terminal/first-step.ts");
  const { commandLine } = await import("./terminal/command-line.ts");
  program.outputHelp();
  const steps = await firstSteps(process.cwd());
  const lines = steps.map(({ words, what }) => `  ${commandLine(words)}\n    ${what}\n`);
  const begin =
    "  nabla profile data.csv\n    shows what each column of a table is read as\n  nabla init\n    writes one to begin with, of penguins\n";
  printOut(
    `\n${lines.length > 0 ? "Here you could begin with:" : "No table lies here. With one:"}\n${lines.join("") || begin}`,
  );
}

async function printVersion(): Promise<void> {
  const { libraryVersion } = await import("./host/version.ts");
  printOut(`nabla ${await libraryVersion()}\n`);
}

/** What is wrong with a command line, and what to type in its place. */
async function withHint({ message }: CommanderError, given: readonly string[], asked?: Command): Promise<string> {
  const [line = ""] = message.split("\n");
  const [, flag] = /^error: unknown option '(.*)'$/.exec(line) ?? [];
  if (flag !== undefined && asked !== undefined) {
    const { answerTo } = await import("./commands/foreign-options.ts");
    const known = asked.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long]));
    const answer = answerTo(flag, given, known);
    if (answer !== undefined) return `${line}\nhint: ${answer}`;
  }
  const [, missing] = /^error: missing required argument '(.*)'$/.exec(line) ?? [];
  if (missing !== undefined && asked !== undefined) return `${line}\nhint: ${usageOf(asked, missing)}`;
  return message.replace(/\n\(Did (.*)\)$/s, "\nhint: did $1");
}

/** How a command is called, and where what is missing is found. */
function usageOf(command: Command, missing: string): string {
  const usage = `nabla ${command.name()} ${command.usage()}`;
  if (/run|model|member/.test(missing)) return `${usage}; \`nabla runs\` lists those that are there`;
  return /file|data/.test(missing) ? `${usage}; \`nabla\` alone says what lies here` : usage;
}

/** Runs the command line; gives the exit code. */
async function main(words: readonly string[]): Promise<number> {
  // `nabla help train` is another way to ask for `nabla train --help`.
  const given = words[0] === "help" ? [...words.slice(1), "--help"] : words;
  const name = given.find((word) => !word.startsWith("-"));
  let program: Command | undefined;
  try {
    program = await build(name);
    const [unknown] = given;
    if (name !== undefined && unknown === name && !Object.hasOwn(commands, name)) {
      const { nearest } = await import("nabla");
      const near = nearest(name, Object.keys(commands), 1).join();
      printError(`error: there is no command "${name}"\nhint: did you mean ${near}? \`nabla --help\` lists all\n`);
      return USAGE;
    }
    await program.parseAsync(given, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end this way too, with code 0.
      if (error.exitCode === 0) return 0;
      const asked = program?.commands.find((command) => command.name() === name);
      printError(`${await withHint(error, given, asked)}\n`);
      return USAGE;
    }
    const failures = await import("./terminal/failure.ts").catch(() => undefined);
    if (failures !== undefined) return failures.report(error);
    // not even a file of nabla can be opened to say it
    printError(`error: ${error instanceof Error ? error.message : String(error)}\nhint: see ulimit -n\n`);
    return 1;
  }
}

/**
 * The exit code once everything is written or has failed. It tells how the work ended: a model that was saved is saved,
 * whoever reads of it. Where printing was all the work, an output that cannot be written is its failure.
 */
async function codeAfterOutput(code: number, given: readonly string[]): Promise<number> {
  await Promise.all([standardOutput.settled(), standardError.settled()]);
  const { failure } = standardOutput;
  if (failure === undefined) return code;
  const { fileFailure } = await import("./host/file-failure.ts");
  const { report } = await import("./terminal/failure.ts");
  const works = given.some((word) => Object.hasOwn(commands, word) && commands[word]?.works === true);
  const failed = report(fileFailure(failure, "write to", "standard output"), works ? "warning" : "error");
  return works || code !== 0 ? code : failed;
}

const words = process.argv.slice(2);
process.exitCode = await codeAfterOutput(await main(words), words);
