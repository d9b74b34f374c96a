/** Listens for Ctrl-C; as "busy" it then computes without end, as "idle" it waits. */
import { onInterrupt } from "../../../src/host/interrupts.ts";

const [how] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const stop = onInterrupt({
  first: () => say("first"),
  again: () => {
    say("again");
    process.exit(130);
  },
});
if (how === "over") await stop();
say("ready");
setInterval(() => {
  while (how === "busy");
}, 1);
