import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const script = fileURLToPath(new URL("children/interrupted.ts", import.meta.url));

/** Starts the child, sends it SIGINT each time that its output matches, and gives how it ended. */
async function interrupted(how: string, signals: readonly RegExp[]) {
  const child = spawn(process.execPath, ["--conditions=nabla-source", script, how], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let sent = 0;
  const send = (): void => {
    while (signals[sent]?.test(stdout) === true) {
      sent++;
      child.kill("SIGINT");
    }
  };
  child.stdout.on("data", (data) => {
    stdout += data;
    send();
  });
  // a process that computes says nothing more, not even when its thread listens
  const again = setInterval(() => {
    if (how === "busy" && sent > 0) child.kill("SIGINT");
  }, 100);
  const [code, signal] = await once(child, "close");
  clearInterval(again);
  return { code, signal, stdout };
}

test("a thread that computes without end is ended by a second Ctrl-C", async () => {
  const wanted = { code: null, signal: "SIGINT", stdout: expect.not.stringContaining("again") };
  expect(await interrupted("busy", [/ready/])).toEqual(wanted);
});

test("a thread that waits handles both", async () => {
  const wanted = { code: 130, signal: null, stdout: "ready\nfirst\nagain\n" };
  expect(await interrupted("idle", [/ready/, /first/])).toEqual(wanted);
});

test("whoever listens no longer ends at the first", async () => {
  expect(await interrupted("over", [/ready/])).toEqual({ code: null, signal: "SIGINT", stdout: "ready\n" });
});
