/** `nabla schema > experiment.schema.json` */

import type { Command } from "commander";
import { printJson } from "../host/output.ts";

/** Declares `nabla schema`: its arguments, its options and what it does. */
export function configureSchema(command: Command): void {
  command.action(async () => {
    const { experimentSchema } = await import("../experiment/experiment-schema.ts");
    printJson(experimentSchema(), 2);
  });
}
