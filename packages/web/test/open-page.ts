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
export async function open(
  url: string,
  options: { readonly width?: number; readonly dark?: boolean } = {},
): Promise<Opened> {
  const { width = 1440, dark = false } = options;
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme: dark ? "dark" : "light", locale: "en-US" });
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

/** Checks a page by axe, and keeps a picture where a folder for them is named. */
export async function look(page: Page, name: string): Promise<void> {
  const folder = process.env.NABLA_SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  const { violations } = await new AxeBuilder({ page }).exclude("iframe").analyze();
  expect(violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
}
