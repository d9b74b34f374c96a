/**
 * How fast the pages of `nabla ui` are there, and whether they grow: seconds as somebody at the screen waits them, and processor
 * seconds of the server and of the page's thread, which other work on the machine does not lengthen.
 *
 *   node --expose-gc --conditions=nabla-source benchmarks/cockpit.ts --runs 1000,10000 --steps 100000 --updates 20000
 *
 * Updates stand for an hour of a training that one watches: the page is told of a change as often as the server would tell it, but
 * without the pauses in between.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCockpit, openStore } from "@nabla/workbench";
import type { CDPSession, Page } from "playwright-core";
import { startChromium } from "../packages/web/test/chromium.ts";
import { draft, epoch, outcome } from "../packages/workbench/test/store/drafts.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000,10000" },
    steps: { type: "string", default: "100000" },
    updates: { type: "string", default: "20000" },
  },
});
const [steps, updates] = [Number(values.steps), Number(values.updates)];

/** A store of so many runs with thirty epochs each, of which the last one has `long` epochs; gives their ids. */
async function fill(place: string, runs: number, long: number): Promise<readonly string[]> {
  await using store = await openStore(place);
  const ids: string[] = [];
  for (let i = 0; i < runs; i++) {
    const rate = 10 ** -(1 + (i % 40) / 10);
    const job = { data: "digits.csv", target: "digit", seed: i, optimizer: { kind: "adam", rate }, epochs: 30 };
    const { id } = await store.create(
      draft({ job: { ...job, model: { kind: "dense", units: 8 + (i % 7) } }, seed: i }),
    );
    const error = (n: number): number => 0.1 + 0.8 / n + 0.01 * Math.sin(i + n);
    const count = i === runs - 1 ? long : 30;
    const all = Array.from({ length: count }, (_, k) => {
      const measured = { cost: 2 * error(k + 1), error: error(k + 1), mistake: error(k + 1), rows: 20 };
      return epoch(k + 1, { cost: error(k + 1), train: measured, dev: measured, best: false });
    });
    for (let from = 0; from < count; from += 5000) await store.append(id, { epochs: all.slice(from, from + 5000) });
    const last = { cost: 2 * error(count), error: error(count), mistake: error(count), rows: 20 };
    await store.update(id, { outcome: outcome({ train: last, dev: last, epochs: count }), status: "finished" });
    ids.push(id);
  }
  return ids;
}

interface Spent {
  readonly wall: number;
  readonly server: number;
  readonly page: number;
}

/** Seconds that the page's thread was busy since its document was made. */
async function busy(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
}

/** Seconds that something takes: on the clock, of this process, and of the thread of the page. */
async function spent(devtools: CDPSession, act: () => Promise<void>, { isNew = false } = {}): Promise<Spent> {
  const [from, server, page] = [performance.now(), process.cpuUsage(), isNew ? 0 : await busy(devtools)];
  await act();
  const wall = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(server);
  return { wall, server: (user + system) / 1e6, page: (await busy(devtools)) - page };
}

function tell(what: string, { wall, server, page }: Spent): void {
  const [a, b, c] = [wall, server, page].map((seconds) => seconds.toFixed(2));
  console.log(`${what.padEnd(44)} ${a} s on the clock, ${b} s server, ${c} s page`);
}

async function drawn(page: Page): Promise<void> {
  await page.locator(".legend").nth(1).waitFor();
  await page.evaluate(async () => await new Promise((resolve) => setTimeout(resolve)));
}

/** Heap in MB of the page and of this process, with nothing in it that can be given back. */
async function heaps(devtools: CDPSession): Promise<readonly [page: number, server: number]> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  globalThis.gc?.();
  return [usedSize / 1e6, process.memoryUsage().heapUsed / 1e6];
}

const browser = await startChromium();
try {
  for (const runs of values.runs.split(",").map(Number)) {
    const folder = mkdtempSync(join(tmpdir(), "nabla-bench-"));
    const place = join(folder, "runs.db");
    const ids = await fill(place, runs, steps);
    const latest = ids.at(-1) ?? "";
    const cockpit = await openCockpit({ store: place, port: 0 });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
    // messages follow on each other without their pauses
    await context.addInitScript(`{
      const Source = EventSource; globalThis.EventSource = class extends Source { constructor(...all) { super(...all); globalThis.eventSource = this; } };
      const wait = setTimeout; globalThis.setTimeout = (act, time, ...all) => wait(act, globalThis.isHasty ? 0 : time, ...all);
    }`);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Performance.enable");
    const { origin } = new URL(cockpit.url);
    const go = async (address: string): Promise<void> => {
      await page.goto(address);
      await drawn(page);
    };
    await go(cockpit.url);
    tell(`the page of ${runs} runs`, await spent(devtools, async () => await go(origin), { isNew: true }));
    const one = `${origin}/runs/${latest}`;
    tell(`the page of a run with ${steps} steps`, await spent(devtools, async () => await go(one), { isNew: true }));
    if (runs <= 1000) {
      await go(`${origin}/?sel=${ids.join()}`);
      await page.getByText(`${runs} selected`).waitFor();
      const log = page.getByRole("checkbox", { name: "Log scale" });
      const draw = async (): Promise<void> => {
        await log.click();
        await drawn(page);
      };
      await draw();
      tell(`two charts of ${2 * runs} lines drawn anew`, await spent(devtools, draw));
      await page.goto(one);
      await drawn(page);
      await page.evaluate("globalThis.isHasty = true");
      const update = async (count: number): Promise<void> => {
        await page.evaluate(
          async ({ id, times }) => {
            for (let i = 0; i < times; i++) {
              const { eventSource } = globalThis as unknown as { readonly eventSource: EventSource };
              eventSource.dispatchEvent(new MessageEvent("runs", { data: JSON.stringify([id]) }));
              await new Promise((resolve) => setTimeout(resolve));
            }
          },
          { id: latest, times: count },
        );
      };
      const third = Math.round(updates / 3);
      await update(third);
      const before = await heaps(devtools);
      await update(updates - third);
      const after = await heaps(devtools);
      console.log(
        `${updates} updates: page ${before[0].toFixed(2)} MB after a third, ${after[0].toFixed(2)} MB at the end; server ${before[1].toFixed(1)} and ${after[1].toFixed(1)} MB`,
      );
    }
    await context.close();
    await cockpit.close();
    rmSync(folder, { recursive: true, force: true });
  }
} finally {
  await browser.close();
}
