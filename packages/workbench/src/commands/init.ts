/** `nabla init [folder]` */
import type { Command } from "commander";

/** Declares `nabla init`: its arguments, its options and what it does. */
export function configureInit(command: Command): void {
  command
    .argument("[folder]", "where the files go; those that are there stay as they are", ".")
    .action(async (folder: string) => {
      const { writeStarter } = await import("../host/starter.ts");
      const { initText } = await import("../terminal/init.ts");
      const { printOut } = await import("../host/output.ts");
      printOut(`${initText(folder, await writeStarter(folder))}\n`);
    });
}
