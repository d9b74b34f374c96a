/** The pages of runs in Chromium, as people use them. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Cockpit, openCockpit } from "@nabla/workbench";
import { expect, onTestFinished, test } from "vitest";
import { endless, startLive } from "../../workbench/test/commands/live.ts";
import { nabla, penguins, workFolder } from "../../workbench/test/commands/nabla.ts";
import { type AskedCockpit, openAsked } from "../../workbench/test/server/cockpit/asked.ts";
import { draft, epoch, outcome } from "../../workbench/test/store/drafts.ts";
import { isUnexpected, look, open } from "./open-page.ts";

/** Real pages over a store of three runs, of which one has a name that would like to be a script. */
async function openRuns(): Promise<AskedCockpit & { readonly ids: readonly string[] }> {
  const cockpit = await openAsked({ realPages: true });
  onTestFinished(cockpit.close);
  const ids: string[] = [];
  for (const [seed, target] of ["digit", "<img src=x onerror=alert(1)>", "digit"].entries()) {
    const job = {
      data: "digits.csv",
      target,
      seed,
      model: { kind: "dense", units: 10 },
      optimizer: { kind: "adam", rate: 0.001 * (1 + seed) },
    };
    const { id } = await cockpit.store.create(draft({ job, target, seed, notes: "<script>alert(1)</script>" }));
    await cockpit.store.append(id, { epochs: [1, 2, 3, 4].map((n) => epoch(n)) });
    await cockpit.store.update(id, { outcome: outcome({ dev: epoch(1).dev ?? null }), status: "finished" });
    ids.push(id);
  }
  return { ...cockpit, ids };
}

test("a selection is one in table, curves and address; deleting it can be undone; texts of data run nothing", async () => {
  const { url, ids, store } = await openRuns();
  const { page, context, errors } = await open(url);
  await page.locator(".row").nth(2).waitFor();
  expect(page.url()).not.toContain("token");
  await page.getByRole("checkbox", { name: `Select ${ids[0]}` }).check();
  await page.getByRole("checkbox", { name: `Select ${ids[2]}` }).check();
  expect(new URL(page.url()).searchParams.get("sel")).toBe(`${ids[0]},${ids[2]}`);
  await page.getByText("Columns", { exact: true }).click();
  await page.getByLabel("Settings that differ").check();
  await page.getByRole("columnheader", { name: "optimizer.rate" }).waitFor();
  await page.getByText("Columns", { exact: true }).click();
  const second = await context.newPage();
  await second.goto(page.url());
  await second.getByText("2 selected").waitFor();
  await second
    .locator(".legend .entry", { hasText: ids[2]?.slice(-6) ?? "" })
    .first()
    .waitFor();
  await second.close();
  await look(page, "runs");
  const error = page.getByRole("group", { name: /^Error over epoch/ });
  await error.focus();
  await error.press("ArrowRight");
  await error.press("ArrowRight");
  await page.getByText("epoch 2", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("1 run", { exact: true }).waitFor();
  expect((await store.list()).map(({ id }) => id)).toEqual([ids[1]]);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("3 runs").waitFor();
  expect(await store.list()).toHaveLength(3);

  await page.getByText("data", { exact: true }).click();
  const heading = page.getByRole("button", { name: "digits.csv, digit" });
  await heading.focus();
  await look(page, "runs in groups");
  await heading.press("Enter");
  await page.getByRole("link", { name: ids[0] ?? "", exact: true }).waitFor({ state: "detached" });
  expect(await heading.getAttribute("aria-expanded")).toBe("false");
  expect(new URL(page.url()).searchParams.get("closed")).toMatch(/^[0-9a-f]{8}$/);
  await heading.press("Enter");
  await page.getByText("none", { exact: true }).click();

  await page.getByText("settings", { exact: true }).click();
  const axis = page.getByRole("slider", { name: /^optimizer\.rate: brush/ });
  await axis.focus();
  await axis.press("ArrowDown");
  await page.getByText("1 selected").waitFor();
  expect(new URL(page.url()).searchParams.get("sel")).toBe(ids[2]);
  await look(page, "runs as lines");
  await page.getByRole("button", { name: "Clear selection" }).click();

  await page.getByRole("searchbox", { name: "Filter" }).fill("rate > 1e-3 and target ~ img");
  await page.getByText("1 of 3 runs").waitFor();
  await page.getByRole("searchbox", { name: "Filter" }).fill("rate >");
  await page.getByText("the filter ends too early", { exact: false }).waitFor();
  await page.getByRole("searchbox", { name: "Filter" }).fill("");
  await page.getByRole("checkbox", { name: `Select ${ids[1]}` }).check();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("2 runs", { exact: true }).waitFor();
  await page.getByText("deleted", { exact: true }).click();
  await page.getByRole("checkbox", { name: `Select ${ids[1]}` }).check();
  await page.getByRole("button", { name: "Delete for good…" }).click();
  await page.getByText("This cannot be undone", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Delete for good", exact: true }).click();
  await page.getByText("No run is deleted.").waitFor();
  expect((await store.list({ deleted: true })).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
  expect(errors.filter((text) => !text.includes("400"))).toEqual([]);
});

test("seeds of one setting are one row and one line, with its mean and its band", async () => {
  const cockpit = await openAsked({ realPages: true });
  onTestFinished(cockpit.close);
  for (const seed of [1, 2, 3]) {
    const job = { data: "digits.csv", target: "digit", seed, model: { kind: "dense", units: 10 } };
    const { id } = await cockpit.store.create(draft({ job, seed }));
    const measured = { error: 0.1 * seed, mistake: 0.1 * seed, cost: 0.2 * seed, rows: 20 };
    await cockpit.store.append(id, { epochs: [1, 2, 3].map((n) => epoch(n, { dev: measured })) });
    await cockpit.store.update(id, { outcome: outcome({ dev: measured }), status: "finished" });
  }
  const { page, errors } = await open(`${cockpit.url}&seeds=true`);
  await page.getByText("3 seeds", { exact: true }).waitFor();
  await page.getByText("mean of 3 seeds", { exact: false }).first().waitFor();
  const error = page.getByRole("group", { name: /^Error over epoch/ });
  await error.focus();
  await error.press("ArrowRight");
  await page.locator(".legend b", { hasText: "20%" }).first().waitFor();
  await look(page, "seeds");
  expect(errors).toEqual([]);
});

test("a store without runs teaches what to do, and a stranger sees nothing", async () => {
  const cockpit = await openAsked({ realPages: true });
  onTestFinished(cockpit.close);
  const { page } = await open(cockpit.url);
  await page.getByRole("heading", { name: "No runs yet" }).waitFor();
  await look(page, "empty");
  await cockpit.store.create(draft());
  await page.locator(".row").first().waitFor();
  const { page: stranger } = await open(cockpit.origin);
  expect(await stranger.textContent("body")).toContain("has not been given the token");
});

test("a page says what is the matter, and catches up: a store that is locked, a page asleep, a server started again", async () => {
  const { url, ids, store, stop } = await openRuns();
  const { page, context } = await open(url);
  await page.getByRole("checkbox", { name: `Select ${ids[0]}` }).check();
  const other = new DatabaseSync(store.place);
  other.exec("begin immediate");
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByText("is locked by another process", { exact: false }).waitFor();
  other.exec("rollback");
  other.close();
  expect((await store.get(ids[0] ?? "")).marks?.archived ?? false).toBe(false);
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByText("2 runs", { exact: true }).waitFor();

  const devtools = await context.newCDPSession(page);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  await store.mark(ids[0] ?? "", { archived: false });
  const { id: added } = await store.create(draft({ name: "meanwhile" }));
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await page.getByText("4 runs", { exact: true }).waitFor();
  await page.getByRole("link", { name: added }).waitFor();

  const { port } = new URL(url);
  await stop();
  await page.getByText("The server does not answer", { exact: false }).waitFor();
  await look(page, "server away");
  await page.getByRole("checkbox", { name: `Select ${added}` }).check();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByText("whether this was done shows once it is back", { exact: false }).waitFor();
  const again = await openCockpit({ store: store.place, port: Number(port) });
  onTestFinished(again.close);
  await page.getByText("it was started again", { exact: false }).waitFor();
  const tab = await context.newPage();
  await tab.goto(again.url);
  await tab.getByRole("checkbox", { name: `Select ${ids[1]}` }).check();
  await tab.getByRole("button", { name: "Archive" }).click();
  await page.getByText("3 runs", { exact: true }).waitFor();
  await page.locator(".banner").waitFor({ state: "detached" });
});

test("a training is changed, paused, stepped, taken back, forked and stopped by two who watch it", async () => {
  const live = await startLive(endless, workFolder());
  const cockpit: Cockpit = await openCockpit({ store: join(live.folder, ".nabla", "nabla.db"), port: 0 });
  onTestFinished(cockpit.close);
  const { page, errors } = await open(cockpit.url);
  const { page: other } = await open(cockpit.url);
  for (const one of [page, other]) {
    await one.getByRole("link", { name: live.run }).click();
    await one.getByRole("button", { name: "Pause" }).waitFor();
  }
  const both = [page, other].map(
    async (one, who) =>
      await one.evaluate(
        async ({ address, factors }) =>
          await Promise.all(
            factors.map(async (factor) => {
              const commands = [{ kind: "set", settings: { rate: 1e-5 * factor } }];
              const headers = { "content-type": "application/json" };
              return (await fetch(address, { method: "POST", headers, body: JSON.stringify({ commands }) })).status;
            }),
          ),
        { address: `/api/runs/${live.run}/live`, factors: [2, 3, 4].map((factor) => factor + 10 * who) },
      ),
  );
  expect((await Promise.all(both)).flat()).toEqual(Array(6).fill(200));
  const set = (await live.stored()).events.flatMap(({ kind, data }) =>
    kind === "change" ? [(data as { settings: { rate: number } }).settings.rate * 1e5] : [],
  );
  expect(set.map(Math.round).sort((a, b) => a - b)).toEqual([2, 3, 4, 12, 13, 14]);
  await live.adjust("rate=1e-5");
  const rate = page.getByRole("textbox", { name: "rate", exact: true });
  await rate.fill("2e-5");
  await rate.press("Enter");
  await page.getByText("rate 0.00001 → 0.00002", { exact: false }).first().waitFor();
  await other.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Continue" }).waitFor();
  await look(page, "live");
  await page.getByText("Gain, dead units, saturation", { exact: false }).click();
  await page.getByRole("button", { name: "Record it from here on" }).click();
  await page.getByText("Its layers are recorded from the next epoch on").waitFor();
  const [{ step = 0 } = {}] = await live.adjust();
  await page.getByRole("button", { name: "One step" }).click();
  await page.getByText(`Paused after step ${(step + 1).toLocaleString("en-US")}`).waitFor();
  await other.getByRole("button", { name: "Fork" }).click();
  await other.getByText("forked as", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Undo last change" }).click();
  await page.getByText("before rate 0.00001 → 0.00002", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Stop, keep the best weights" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  const { events, status } = await live.stored();
  expect(status).toBe("stopped");
  const changes = Array(8).fill("change");
  expect(events.map(({ kind }) => kind)).toEqual(["live", ...changes, "pause", "watch", "fork", "undo", "stop"]);
  expect(errors.filter(isUnexpected)).toEqual([]);
}, 120_000);

test("what is proposed after a run is tried by a button, and is shown as its child", async () => {
  const folder = workFolder();
  const words = [
    "train",
    penguins,
    "--target",
    "body_mass_g",
    "--epochs",
    "2",
    "--members",
    "1",
    "--hidden",
    "4",
    "--json",
  ];
  const { stdout } = await nabla([...words, "--no-report"], { folder });
  const { run } = JSON.parse(stdout);
  const cockpit = await openCockpit({ store: join(folder, ".nabla", "nabla.db"), port: 0 });
  onTestFinished(cockpit.close);
  const { page, errors } = await open(cockpit.url);
  await page.getByRole("link", { name: run }).click();
  await page.getByRole("heading", { name: "What to try, in this order" }).waitFor();
  await page.locator(".legend").first().waitFor();
  await look(page, "run");
  await page
    .getByRole("button", { name: /^Try it: / })
    .first()
    .click();
  await page.locator(".chain b").waitFor();
  const child = new URL(page.url()).pathname.replace("/runs/", "");
  expect(child).not.toBe(run);
  await page.getByRole("navigation", { name: "Way" }).getByRole("link", { name: run }).waitFor();
  await page.getByText("✓ finished").first().waitFor();

  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("checkbox", { name: `Compare ${run}` }).check();
  await page.getByRole("checkbox", { name: `Compare ${child}` }).check();
  await page.getByRole("button", { name: "Compare 2 models" }).click();
  await page.getByRole("region", { name: "Comparison" }).getByText("best", { exact: true }).waitFor();
  await look(page, "models");

  await page.goto(`${new URL(page.url()).origin}/runs/${run}`);
  await page.getByText("Gain, dead units, saturation", { exact: false }).click();
  await page.getByRole("button", { name: "Train the same once more, and record it" }).click();
  await page.getByText(`a replay of ${run}`).first().waitFor();
  await page.getByText("✓ finished").first().waitFor();
  await page.getByText("Gain, dead units, saturation", { exact: false }).click();
  await page.getByRole("group", { name: /^Dead units/ }).waitFor();
  expect(errors.filter(isUnexpected)).toEqual([]);
});
