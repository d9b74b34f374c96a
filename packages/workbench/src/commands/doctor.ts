/** `nabla doctor` */
import type { Command } from "commander";

export function configure(command: Command): void {
  command.option("--json", "print one JSON document and nothing else").action(run);
}

async function run({ json }: { readonly json?: boolean }): Promise<void> {
  const { examine } = await import("../doctor.ts");
  const findings = await examine();
  if (json === true) {
    process.stdout.write(`${JSON.stringify(Object.fromEntries(findings))}\n`);
    return;
  }
  const { factsText } = await import("../terminal/report.ts");
  const { styleFor } = await import("../terminal/style.ts");
  process.stdout.write(`${factsText(findings, styleFor(process.stdout))}\n`);
}
