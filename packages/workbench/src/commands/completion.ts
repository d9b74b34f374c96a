/** `nabla completion bash|zsh|fish` */
import { Argument, type Command, Command as Described } from "commander";
import type { CompletedCommand } from "../terminal/completion.ts";
import { wordsOfOption } from "./field-option.ts";

/** Every command by its name, before its file is loaded. */
interface Declared {
  readonly [name: string]: { readonly summary: string; readonly load: () => Promise<(command: Command) => void> };
}

/** Declares `nabla completion`: its arguments, its options and what it does. */
export function configureCompletion(command: Command, commands: Declared): void {
  command.addArgument(new Argument("<shell>", "the shell that completes").choices(["bash", "zsh", "fish"])).addHelpText(
    "after",
    `
bash: nabla completion bash > ~/.local/share/bash-completion/completions/nabla
zsh:  nabla completion zsh > "\${fpath[1]}/_nabla"
fish: nabla completion fish > ~/.config/fish/completions/nabla.fish`,
  );
  command.action(async (shell: "bash" | "zsh" | "fish") => {
    const { completionFor } = await import("../terminal/completion.ts");
    const { printOut } = await import("../host/output.ts");
    printOut(completionFor(shell, await declaredBy(commands)));
  });
}

/** Every command with its options, as their files declare them. */
async function declaredBy(commands: Declared): Promise<readonly CompletedCommand[]> {
  return await Promise.all(
    Object.entries(commands).map(async ([name, { summary, load }]) => {
      const command = new Described(name);
      (await load())(command);
      const options = command.options
        .filter(({ hidden, long }) => !hidden && typeof long === "string")
        .map((option) => ({
          flag: option.long ?? "",
          help: option.description,
          takesValue: !option.isBoolean(),
          words: wordsOfOption(option),
        }));
      const words = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
      return { name, help: summary, options, words };
    }),
  );
}
