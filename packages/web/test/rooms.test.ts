/** Rooms of `nabla ui` where something is begun, in Chromium, as people use them. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { openCockpit, openStore } from "@nabla/workbench";
import { expect, onTestFinished, test } from "vitest";
import { penguins, workFolder } from "../../workbench/test/commands/nabla.ts";
import { isUnexpected, look, type Opened, open } from "./open-page.ts";

/** A page over an empty store in a folder of its own. */
async function openEmpty(): Promise<Opened & { readonly folder: string; readonly place: string }> {
  const folder = workFolder();
  const place = join(folder, ".nabla", "nabla.db");
  const cockpit = await openCockpit({ store: place, port: 0 });
  onTestFinished(cockpit.close);
  return { ...(await open(cockpit.url)), folder, place };
}

test("a training begins from a file that is given to the page, by a form of all options", async () => {
  const { page, errors, folder, place } = await openEmpty();
  const hostile = join(folder, "<b>birds.csv");
  copyFileSync(penguins, hostile);
  await page.getByRole("link", { name: "New training" }).click();
  await page.getByLabel("Upload a file").setInputFiles(hostile);
  await page.getByLabel("Predict species").check();
  await page.getByLabel("Feed island").uncheck();
  await page.getByText("11 numbers per example").waitFor();
  await look(page, "start");
  await page.getByRole("searchbox", { name: "Search options" }).fill("epochs");
  const epochs = page.getByLabel("epochs", { exact: true });
  await epochs.fill("0");
  await epochs.press("Tab");
  await page.getByRole("alert").filter({ hasText: "epochs" }).first().waitFor();
  expect(await page.getByRole("button", { name: "Start training" }).isDisabled()).toBe(true);
  await epochs.fill("2");
  await epochs.press("Tab");
  await page.getByRole("searchbox", { name: "Search options" }).fill("members");
  await page.getByLabel("members", { exact: true }).fill("1");
  await page.getByLabel("members", { exact: true }).press("Tab");
  await page.getByRole("searchbox", { name: "Search options" }).fill("beta1");
  await page.getByLabel("optimizer", { exact: true }).selectOption("adam");
  await page.getByText("Options of adam").click();
  const beta = page.getByLabel("beta1", { exact: true });
  await beta.fill("0.8");
  await beta.press("Tab");
  await page.getByText("--ignore island", { exact: false }).waitFor();
  await page.getByText("beta1: 0.8").waitFor();
  await page.getByRole("button", { name: "Start training" }).click();
  await page.getByText("✓ finished").first().waitFor({ timeout: 60_000 });
  await using store = await openStore(place);
  const [run] = await store.list();
  expect(run?.data.path).toMatch(/<b>birds\.csv$/);
  expect(run?.job).toMatchObject({ target: "species", ignore: ["island"], epochs: 2 });
  expect(run?.job).toMatchObject({ optimizer: { kind: "adam", beta1: 0.8 } });

  await page.getByText("Confusion and the rows behind it", { exact: false }).click();
  const cells = page.getByRole("region", { name: "Confusion" }).getByRole("button");
  await cells.first().waitFor({ timeout: 60_000 });
  const [, count = ""] =
    /^(\d+) rows of .+ predicted as/.exec((await cells.first().getAttribute("aria-label")) ?? "") ?? [];
  await cells.first().click();
  await page.getByRole("heading", { name: /, the surest first$/ }).waitFor();
  const behind = page.getByRole("region", { name: / predicted as / });
  await behind.locator("tbody tr").first().waitFor();
  expect(await behind.locator("tbody tr").count()).toBe(Math.min(24, Number(count)));
  await look(page, "errors");
  await page.getByRole("link", { name: "Try its model" }).click();
  await page.getByText("species:", { exact: false }).first().waitFor({ timeout: 60_000 });
  await page.getByRole("heading", { name: "What moved it" }).waitFor();
  const bill = page.getByLabel("bill_length_mm");
  await bill.fill("long");
  await page.getByRole("alert").filter({ hasText: "bill_length_mm" }).waitFor();
  await bill.fill("33.5");
  await page.getByRole("alert").waitFor({ state: "detached" });
  await look(page, "model");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as js" }).click();
  expect((await download).suggestedFilename()).toMatch(/^b-birds-[0-9a-f]+\.js$/);
  await page.getByText("opened never", { exact: false }).waitFor();
  await page.getByLabel("This look is counted in the run").check();
  await page.getByRole("button", { name: "Open the test part" }).click();
  await page.getByText("Test error", { exact: false }).waitFor();
  await page.getByText("opened once", { exact: false }).waitFor();
  expect((await store.get(run?.id ?? "")).testEvaluations).toHaveLength(1);
  expect(errors.filter(isUnexpected).filter((text) => !text.includes("400"))).toEqual([]);
}, 180_000);

test("a study begins by the form, shows its trials as lines, table and tray, and goes on with more of them", async () => {
  const { page, errors, folder } = await openEmpty();
  const data = join(folder, "penguins.csv");
  copyFileSync(penguins, data);
  await page.getByRole("link", { name: "Studies" }).click();
  await page.getByRole("heading", { name: "No studies yet" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "New training" }).click();
  await page.getByText("Study: search the best settings").click();
  await page.getByLabel("Path of the data").fill(data);
  await page.getByLabel("Path of the data").press("Enter");
  await page.getByLabel("Predict species").check();
  const fill = async (name: string, text: string): Promise<void> => {
    await page.getByRole("searchbox", { name: "Search options" }).fill(name);
    await page.getByLabel(name, { exact: true }).fill(text);
    await page.getByLabel(name, { exact: true }).press("Tab");
  };
  await fill("name", "birds");
  await fill("trials", "2");
  await fill("finalists", "0");
  await fill("workers", "1");
  await fill("space", "rate: { logUniform: [0.001, 0.1] }");
  await fill("epochs", "1");
  await fill("members", "1");
  await page
    .getByText("--study birds --workers 1 --space space.yaml --trials 2 --finalists 0", { exact: false })
    .waitFor();
  await page.getByRole("button", { name: "Start the study" }).click();
  await page.getByText("✓ finished").first().waitFor({ timeout: 120_000 });
  await page.getByText("2 of 2").waitFor();
  const axis = page.getByRole("slider", { name: /^rate: brush/ });
  await axis.focus();
  await axis.press("ArrowUp");
  await page.getByText("of 2 trials selected").waitFor();
  expect(new URL(page.url()).searchParams.get("brush")).toBe("rate:0:0.25");
  await page.getByRole("button", { name: "Clear" }).click();
  await look(page, "study");
  await page.getByText("tray", { exact: true }).click();
  await page.locator(".tray li").nth(1).waitFor();
  await page.getByLabel("Trials in all").fill("0");
  await page.getByRole("button", { name: "Go on with the study" }).click();
  await page.getByRole("alert").filter({ hasText: "trials" }).waitFor();
  await page.getByLabel("Trials in all").fill("3");
  await page.getByRole("button", { name: "Go on with the study" }).click();
  await page.locator(".tray li").nth(2).waitFor({ timeout: 120_000 });
  await page.getByText("3 of 3").waitFor({ timeout: 120_000 });
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Studies" }).click();
  await page.getByRole("checkbox", { name: "Compare birds" }).check();
  await page.getByRole("heading", { name: "Selected studies" }).waitFor();
  await look(page, "studies");
  expect(errors.filter(isUnexpected).filter((text) => !text.includes("400"))).toEqual([]);
}, 240_000);
