/** Trainings that are adjusted while they go on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { adjustRun } from "../../src/live/call.ts";
import { parseLiveCommands } from "../../src/live/live-command.ts";
import type { Done } from "../../src/live/request-channel.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunHistory } from "../../src/store/run.ts";
import { nabla, penguins, type Running, start } from "./nabla.ts";

/**
 * A network that never comes to its end, with two dropouts. So low a rate that dev improves all the time: the kept weights
 * are the last ones, and everything that was changed is in them.
 */
export const endless = [
  ...["train", penguins, "--target", "body_mass_g", "--hidden", "32,16", "--keep", "0.8"],
  ...["--rate", "1e-5", "--schedule", "constant", "--epochs", "1000000", "--patience", "1000000", "--seed", "3"],
  ...["--live", "--no-report"],
];

/** A training that hears. */
export interface Live extends Running {
  readonly run: string;
  readonly folder: string;
  /** What `nabla adjust <run> …` would do, without starting a process for it. */
  readonly adjust: (...words: readonly string[]) => Promise<readonly Done[]>;
  /** Waits until it stands behind a step, and gives the step. */
  readonly past: (step: number) => Promise<number>;
  readonly stored: () => Promise<RunHistory>;
}

/** Starts `nabla …` and waits until its run hears. */
export async function startLive(words: readonly string[], folder: string): Promise<Live> {
  const running = start(words, { folder });
  onTestFinished(() => void running.child.kill("SIGKILL"));
  const run = await new Promise<string>((resolve, reject) => {
    let text = "";
    running.child.stderr?.on("data", (part) => {
      text += part;
      const [, id] = /^Live +\S+(?: nabla)? adjust (\S+)/m.exec(text) ?? [];
      if (id !== undefined) resolve(id);
    });
    running.ended.then(({ stderr }) => reject(new Error(`it ended before it heard: ${stderr}`)), reject);
  });
  const store = await openStore(join(folder, ".nabla", "nabla.db"), { create: false });
  onTestFinished(() => store.close());
  const adjust: Live["adjust"] = (...all) => adjustRun(run, parseLiveCommands(all), { store });
  const stored: Live["stored"] = () => store.get(run);
  const past: Live["past"] = async (step) => {
    for (;;) {
      const [standing] = await adjust();
      if (standing !== undefined && standing.step >= step) return standing.step;
      await setTimeout(5);
    }
  };
  return { ...running, run, folder, adjust, past, stored };
}

/** Checks that a replay ends with the very file of weights that a run has. */
export async function expectReplayed({ run, folder, stored }: Live): Promise<void> {
  const { code, stdout, stderr } = await nabla(["replay", run, "--json"], { folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const replayed = JSON.parse(stdout) as { run: string; same: boolean };
  expect(replayed.same).toBe(true);
  const { model = "" } = await stored();
  const weights = (place: string): Buffer => readFileSync(join(place, "weights.safetensors"));
  expect(weights(join(folder, ".nabla", "models", replayed.run)).equals(weights(model))).toBe(true);
}
