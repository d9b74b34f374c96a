/**
 * Takes the picture of `nabla ui` at the top of the README, in light and dark: `npm run cockpit-picture` trains some networks on the
 * digits, opens the cockpit on them and looks at it in Chromium.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openCockpit } from "@nabla/workbench";
import { startChromium } from "../packages/web/test/chromium.ts";

const CHANGES = [
  "--optimizer gradientDescent --rate 0.05",
  "--optimizer momentum --rate 0.02",
  "--rate 0.0003",
  "--rate 0.001 --keep 0.5",
  "--rate 0.001",
  "--rate 0.01",
];

const folder = mkdtempSync(join(tmpdir(), "nabla-picture-"));
try {
  const digits = resolve("examples/data/digits.csv");
  for (const changes of CHANGES) {
    const words = `train ${digits} --target digit --hidden 64,32 --members 1 --epochs 40 --seed 1 --no-report`;
    const args = [
      "--conditions=nabla-source",
      resolve("packages/workbench/src/main.ts"),
      ...`${words} ${changes}`.split(" "),
    ];
    execFileSync(process.execPath, args, { cwd: folder, stdio: "pipe" });
  }
  const cockpit = await openCockpit({ store: join(folder, ".nabla", "nabla.db"), port: 0, readOnly: true });
  const browser = await startChromium();
  for (const colorScheme of ["light", "dark"] as const) {
    const viewport = { width: 1440, height: 800 };
    const page = await browser.newPage({ viewport, colorScheme, locale: "en-US", timezoneId: "UTC" });
    await page.goto(cockpit.url);
    await page.locator(".legend").nth(1).waitFor();
    const curves = page.waitForResponse(/api\/curves/);
    await page.getByRole("columnheader", { name: "dev.error" }).getByRole("button").click();
    await (await curves).finished();
    await page.getByRole("checkbox", { name: "Log scale" }).check();
    await page.screenshot({ path: `docs/pictures/cockpit-${colorScheme}.png` });
    await page.close();
  }
  await browser.close();
  await cockpit.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
