/** `nabla ui [--port 7777] [--open] [--read-only]` */
import type { Command } from "commander";
import { text, wholeNumber } from "nabla/fields";
import { printError, printOut } from "../host/output.ts";
import { fieldOption } from "./field-option.ts";
import { withStore } from "./options.ts";

interface UiOptions {
  readonly port?: number;
  readonly host?: string;
  readonly open?: boolean;
  readonly readOnly?: boolean;
  readonly store?: string;
}

const uiFields = {
  port: wholeNumber({
    atLeast: 0,
    atMost: 65_535,
    default: 7777,
    source: "no well-known service listens there",
    help: "the port to listen at; 0 takes a free one",
    option: { argument: "port" },
  }),
  host: text({
    default: "127.0.0.1",
    source: "other machines do not reach it",
    help: "the address to listen at; another one than this machine's own needs --read-only",
    option: { argument: "address" },
  }),
} as const;

/** Declares `nabla ui`. */
export function configureUi(command: Command): void {
  withStore(command)
    .addOption(fieldOption("port", uiFields.port))
    .addOption(fieldOption("host", uiFields.host))
    .option("--open", "open it in the browser")
    .option("--read-only", "let pages look, and change, start and stop nothing")
    .action(run);
}

async function run({ store, port, host, open = false, readOnly }: UiOptions): Promise<void> {
  const { compact } = await import("nabla");
  const { openCockpit } = await import("../server/cockpit/cockpit.ts");
  const { reportOnDemand, writtenReport } = await import("../report/report-on-demand.ts");
  const { onInterrupt } = await import("../host/interrupts.ts");
  const cockpit = await openCockpit(
    compact({ store, port, host, readOnly, report: readOnly === true ? writtenReport : reportOnDemand }),
  );
  printOut(`${cockpit.url}\n`);
  printError("The cockpit is served at this address, to whoever has it (Ctrl-C ends it; trainings go on).\n");
  if (open) {
    const { openInBrowser } = await import("../host/open-in-browser.ts");
    openInBrowser(cockpit.url);
  }
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const release = onInterrupt({ first: resolve, again: () => process.exit(130) });
  await asked;
  await cockpit.close();
  await release();
}
