/** Chromium from npm, for tests that look at pages as people do. */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packed from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/** Starts a browser that asks nothing of the network by itself; it is unpacked once a version. */
export async function startChromium(): Promise<Browser> {
  const folder = join(tmpdir(), "nabla-chromium-153");
  if (!existsSync(folder)) await unpackInto(folder);
  return await within(folder, async () => {
    const executablePath = await packed.executablePath();
    const args = [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--no-zygote",
      "--disable-background-networking",
      "--font-render-hinting=none",
    ];
    return await chromium.launch({ executablePath, args, headless: true });
  });
}

/** Unpacks elsewhere and moves it there as a whole: tests that begin at once would start what another has half written. */
async function unpackInto(folder: string): Promise<void> {
  const own = mkdtempSync(`${folder}-`);
  await within(own, async () => await packed.executablePath());
  try {
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Carries something out where this is the folder of temporary files. */
async function within<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return await act();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
