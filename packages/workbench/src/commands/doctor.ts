/** `nabla doctor` */
import type { Command } from "commander";
import { jsonOption } from "./options.ts";

/** Declares `nabla doctor`: its arguments, its options and what it does. */
export function configureDoctor(command: Command): void {
  command.option(...jsonOption).action(run);
}

async function run({ json }: { readonly json?: boolean }): Promise<void> {
  const { examineMachine } = await import("../host/machine.ts");
  const { factsText } = await import("../terminal/facts.ts");
  const { print } = await import("../terminal/print.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const { findStore } = await import("../store/store-place.ts");
  const findings = [
    ...(await examineMachine()),
    ["Store", findStore(undefined, process.env, process.cwd()).shown] as const,
  ];
  print(json, Object.fromEntries(findings), () => factsText(findings, styleFor(process.stdout)));
}
