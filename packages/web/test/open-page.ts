/** Pages of `nabla ui` in Chromium. NABLA_SCREENSHOTS names a folder for pictures of them. */
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { startChromium } from "./chromium.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => await browser.close());

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of. */
  readonly errors: string[];
}

/** Opens an address in a browser of its own; every request must go to this server. */
export async function open(url: string): Promise<Opened> {
  const viewport = { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, locale: "en-US" });
  onTestFinished(async () => await context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin)) errors.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, context, errors };
}

/** Whoever asks a training that has just ended is told so, by the status 409, which browsers note in the console. */
export function isUnexpected(complaint: string): boolean {
  return !complaint.includes("409");
}

/** How wide pages are looked at, and in which colors; contrast, which takes axe longest, is once measured in each. */
const SIGHTS = [
  { width: 390, colorScheme: "dark", left: [] },
  { width: 1024, colorScheme: "light", left: [] },
  { width: 1440, colorScheme: "dark", left: ["color-contrast"] },
] as const;

/** Checks a page by axe on screens of three widths; where a folder for pictures is named, it gets each of them, light and dark. */
export async function look(page: Page, name: string): Promise<void> {
  const folder = process.env.NABLA_SCREENSHOTS;
  const { width: before = 1440 } = page.viewportSize() ?? {};
  // what waits for an answer may change yet
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  for (const { width, colorScheme, left } of SIGHTS) {
    await page.setViewportSize({ width, height: 900 });
    for (const scheme of folder === undefined ? [] : (["light", "dark"] as const)) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(folder ?? "", `${name} ${width} ${scheme}.png`), fullPage: true });
    }
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page })
      .exclude("iframe")
      .disableRules([...left])
      .analyze();
    const places = violations.map(({ id, nodes }) => `${id} at ${nodes.map(({ html }) => html).join()}`);
    expect(places.map((place) => `${name}, ${width} pixels, ${colorScheme}: ${place}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: before, height: 900 });
}
