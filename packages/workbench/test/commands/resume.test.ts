import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nabla, penguins, start, workFolder } from "./nabla.ts";

// So low a rate that dev improves to the end: the kept weights are the last ones, and masks and moments are in them.
const network = ["--hidden", "64", "--keep", "0.8", "--rate", "1e-5", "--schedule", "constant"];
const words = ["train", penguins, "--target", "body_mass_g", ...network, "--members", "1"];

const weightsOf = (folder: string, name: string): Buffer => readFileSync(join(folder, name, "weights.safetensors"));

/** Waits until a run has written its first checkpoint, and another one after it. */
async function checkpointIn(folder: string): Promise<void> {
  const checkpoints = join(folder, ".nabla", "checkpoints");
  mkdirSync(checkpoints, { recursive: true });
  const watcher = watch(checkpoints);
  while (!readdirSync(checkpoints).some((name) => name.endsWith(".safetensors"))) await once(watcher, "change");
  watcher.close();
}

async function latestRun(
  folder: string,
): Promise<{ id: string; status: string; outcome?: { best: { epoch: number } } }> {
  const { stdout } = await nabla(["runs", "--json"], { folder });
  return JSON.parse(stdout)[0];
}

// what losses learn themselves, as the variances of targets, is among what is kept
const several = ["train", penguins, "--target", "species,body_mass_g", "--target-weights", "uncertainty"];
const longer = ["--members", "1", "--epochs", "800", "--patience", "800", "--seed", "3", "--quiet"];
const job = [...several, ...network, ...longer];

test("killed in the middle, a run is interrupted, and resumed it ends with the very same weights", async () => {
  const folder = workFolder();
  const { child, ended } = start([...job, "--out", "killed"], { folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  await checkpointIn(folder);
  child.kill("SIGKILL");
  expect(await ended).toMatchObject({ signal: "SIGKILL" });
  const { id, status } = await latestRun(folder);
  expect(status).toBe("interrupted");
  expect(existsSync(join(folder, "killed"))).toBe(false);
  expect((await nabla(["evaluate", id], { folder })).stderr).toMatch(
    /is interrupted and has no model yet\nhint: nabla resume/,
  );

  const resumed = await nabla(["resume", id, "--quiet"], { folder });
  expect(resumed).toMatchObject({ code: 0, stderr: "" });
  expect(await nabla([...job, "--out", "whole"], { folder })).toMatchObject({ code: 0, stderr: "" });
  expect(weightsOf(folder, "killed").equals(weightsOf(folder, "whole"))).toBe(true);
  const whole = await latestRun(folder);
  expect(whole.outcome?.best.epoch).toBeGreaterThan(700);

  expect(await nabla(["resume", id], { folder })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("is finished"),
  });
});

test("Ctrl-C finishes the epoch, saves, and says how to go on; the second one quits", async () => {
  const folder = workFolder();
  const { child, ended } = start(
    [...words, "--patience", "800", "--seed", "3", "--out", "stopped", "--epochs", "3000"],
    { folder },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  await checkpointIn(folder);
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toContain("finishing this epoch");
  expect(stdout).toMatch(/stopped by you/);
  expect(stdout).toMatch(/nabla resume penguins-[0-9a-f]{6}/);
  const { id, status } = await latestRun(folder);
  expect(status).toBe("stopped");
  expect(existsSync(join(folder, "stopped", "model.json"))).toBe(true);

  const copy = join(folder, "copy.csv");
  writeFileSync(copy, readFileSync(penguins));
  const again = start(["train", copy, ...words.slice(2), "--epochs", "1000000", "--patience", "1000000"], { folder });
  onTestFinished(() => void again.child.kill("SIGKILL"));
  await once(again.child.stderr ?? again.child, "data");
  again.child.kill("SIGINT");
  again.child.kill("SIGTERM");
  expect((await again.ended).code).toBe(130);

  writeFileSync(copy, readFileSync(penguins).subarray(0, -40));
  const changed = await latestRun(folder);
  expect(changed.id).not.toBe(id);
  const refused = await nabla(["resume", changed.id], { folder });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/copy\.csv has changed since the run/) });
});

test("killed while another member is trained, a run ends with the very same average; Ctrl-C there costs the members alone", async () => {
  const folder = workFolder();
  const averaged = ["train", penguins, "--target", "sex", "--hidden", "32", "--epochs", "200", "--patience", "200"];
  const atMember = (child: ReturnType<typeof start>["child"]): Promise<void> =>
    new Promise((resolve) => {
      let said = "";
      child.stderr?.on("data", (chunk) => {
        said += String(chunk);
        if (said.includes("member 3 of 8")) resolve();
      });
    });
  const { child, ended } = start([...averaged, "--out", "killed", "--no-report"], { folder });
  onTestFinished(() => void child.kill("SIGKILL"));
  await atMember(child);
  child.kill("SIGKILL");
  expect(await ended).toMatchObject({ signal: "SIGKILL" });
  const { id, status } = await latestRun(folder);
  expect(status).toBe("interrupted");
  // what was measured is there already, and answers
  expect((await nabla(["predict", id, penguins, "--out", "early.csv"], { folder })).code).toBe(0);
  expect(await nabla(["resume", id, "--quiet"], { folder })).toMatchObject({ code: 0, stderr: "" });
  expect((await nabla([...averaged, "--out", "whole", "--quiet", "--no-report"], { folder })).code).toBe(0);
  expect(weightsOf(folder, "killed").equals(weightsOf(folder, "whole"))).toBe(true);
  expect(readFileSync(join(folder, "whole", "model.json"), "utf8")).toContain('"ensemble"');

  const stopped = start([...averaged, "--out", "stopped", "--no-report"], { folder });
  onTestFinished(() => void stopped.child.kill("SIGKILL"));
  await atMember(stopped.child);
  stopped.child.kill("SIGINT");
  const { code, stdout } = await stopped.ended;
  expect([code, (await latestRun(folder)).status]).toEqual([0, "finished"]);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    "the network that was measured, which learned the 200 rows of train: you",
  );
  expect(readFileSync(join(folder, "stopped", "model.json"), "utf8")).not.toContain('"ensemble"');
}, 300_000);
