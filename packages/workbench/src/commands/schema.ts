/** `nabla schema > experiment.schema.json` */
import type { Command } from "commander";

export function configureSchema(command: Command): void {
  command.action(async () => {
    const { experimentSchema } = await import("../experiment/experiment-schema.ts");
    process.stdout.write(`${JSON.stringify(experimentSchema(), undefined, 2)}\n`);
  });
}
