/** Chromium from npm, for tests that look at pages as people do. */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packed from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/** Starts a browser that asks nothing of the network by itself; it is unpacked once a version. */
export async function startChromium(): Promise<Browser> {
  const folder = join(tmpdir(), "nabla-chromium-153");
  mkdirSync(folder, { recursive: true });
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    const executablePath = await packed.executablePath();
    const args = [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--no-zygote",
      "--disable-background-networking",
      "--font-render-hinting=none",
    ];
    return await chromium.launch({ executablePath, args, headless: true });
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
