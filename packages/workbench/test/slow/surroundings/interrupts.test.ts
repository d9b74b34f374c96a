import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { penguins, type Running, start, workFolder } from "../../commands/nabla.ts";

async function said({ child }: Running, what: RegExp): Promise<void> {
  let text = "";
  await new Promise<void>((resolve) => {
    child.stderr?.on("data", (chunk) => {
      text += chunk;
      if (what.test(text)) resolve();
    });
    child.on("close", () => resolve());
  });
}

test("Ctrl-C ends the reading of data that never ends", async () => {
  const folder = workFolder();
  const running = start(["train", "-", "--target", "species"], { folder });
  running.child.stdin?.write("species,a\nx,1\n");
  // the cache of what is read is there as soon as reading begins
  while (!readdirSync(folder).includes(".nabla")) await new Promise((resolve) => setTimeout(resolve, 20));
  running.child.kill("SIGINT");
  expect(await running.ended).toMatchObject({ signal: "SIGINT", stdout: "" });
});

test.each([
  ["a training", ["--epochs", "1000000"]],
  ["its folds", ["--epochs", "3000", "--patience", "3000", "--folds", "20"]],
])("a second Ctrl-C ends %s as it is", async (_what, words) => {
  const folder = workFolder();
  const running = start(["train", penguins, "--target", "species", ...words], { folder });
  await said(running, words.includes("--folds") ? /epoch 3000\/3000/ : /epoch/);
  running.child.kill("SIGINT");
  await said(running, /Ctrl-C again quits at once/);
  running.child.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
});
