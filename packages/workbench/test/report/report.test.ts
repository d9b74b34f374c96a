import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "nabla";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { escapeText, html } from "../../src/report/markup.ts";
import { reportPlace, writeReport } from "../../src/report/report.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import type { RunStore } from "../../src/store/run-store.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-report-"));
let store: RunStore;

beforeAll(async () => {
  store = await openStore(join(folder, "runs.db"));
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Rows of two numbers, a nasty category and a target. */
function written(name: string, target: (x: number, y: number) => string | number): string {
  const lines = Array.from({ length: 200 }, (_, i) => {
    const [x, y] = [((i * 37) % 101) / 101, ((i * 53) % 97) / 97];
    return `${x},${y},${i % 3 === 0 ? "<b>bold</b>" : `"a&b ""quoted"""`},${target(x, y)}`;
  });
  const file = join(folder, name);
  writeFileSync(
    file,
    `<script>alert(1)</script>,y,kind,"target ""><img src=http://evil.example/x>"\n${lines.join("\n")}\n`,
  );
  return file;
}

const target = 'target "><img src=http://evil.example/x>';

async function trained(data: string): Promise<string> {
  const training = trainFile(
    { data, target, hidden: [8], epochs: 4, output: join(folder, `model of ${data.slice(-9, -4)}`) },
    { store, folder },
  );
  return (await drain(training)).run;
}

describe("markup", () => {
  test("text is escaped, markup stays, in lists too", () => {
    expect(html`<p title="${'"x"'}">${"<&>"}${[html`<br>`, "'", 3]}${undefined}</p>`.markup).toBe(
      '<p title="&quot;x&quot;">&lt;&amp;&gt;<br>&#39;3</p>',
    );
    expect(escapeText("a\u0000\u001bb\ud800")).toBe("a\ufffd\ufffdb\ufffd");
  });
});

describe("the report of a classifier", () => {
  let run = "";
  let page = "";
  let data = "";

  beforeAll(async () => {
    data = written("class.csv", (x, y) => (x + y > 1 ? "</title><script>yes" : "no"));
    run = await trained(data);
    const { file, rows } = await writeReport(run, { store, costs: { miss: 7 } });
    const model = (await store.get(run)).model ?? "";
    expect([file, rows]).toEqual([reportPlace(model), `${model}-report-rows.csv`]);
    page = readFileSync(file, "utf8");
  });

  test("tells everything, in less than a megabyte", () => {
    for (const title of [
      "Verdict",
      "Curves",
      "Confusion",
      "Calibration",
      "Errors by slice",
      "Rows to look at",
      "What the network goes by",
    ])
      expect(page).toContain(`<h2>${title}</h2>`);
    for (const title of ["Health by layer", "Data", "Network", "Reproduce it"])
      expect(page).toContain(`<h2>${title}</h2>`);
    expect(page).toContain("A miss costs 7, a false alarm 1");
    expect(page.length).toBeLessThan(1e6);
    expect(page.match(/<svg /g)?.length).toBeGreaterThanOrEqual(7);
    expect(page).not.toContain("NaN");
  });

  test("the numbers at its head are those of the verdict, and a chart's line across has its name in the legend", () => {
    const tiles = new Map(
      Array.from(page.matchAll(/<b>([^<]*)<\/b><span>([^<]*)<\/span>/g), ([, text, said]) => [said, text]),
    );
    const verdict = new Map(
      Array.from(
        page.matchAll(/<th scope="row" class="text">(Error on [^<]*)<\/th><td class="number">([^<]*)</g),
        ([, what, text]) => [what, text],
      ),
    );
    // 200 rows are few, so that networks held rows out in turn
    expect(verdict.size).toBe(2);
    expect(tiles.get("error, held-out rows")).toBe(verdict.get("Error on held-out rows"));
    expect(tiles.get("error, learned rows")).toBe(verdict.get("Error on learned rows"));
    const curves = /<h2>Curves<\/h2>[\s\S]*?<\/section>/.exec(page)?.[0] ?? "";
    const best = /<th scope="row" class="number">(\d+) \(saved\)/.exec(curves)?.[1];
    expect(curves.match(new RegExp(`>saved: epoch ${best}</text>`, "g"))).toHaveLength(2);
    expect(curves).toContain(">(log scale)</text>");
  });

  test("names from the data are harmless", () => {
    const tags = new Set(Array.from(page.matchAll(/<([a-z!][a-z0-9]*)/gi), ([, tag]) => tag?.toLowerCase()));
    expect(
      [...tags].filter((tag) => ["script", "img", "iframe", "object", "link", "foreignobject"].includes(tag ?? "")),
    ).toEqual([]);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page.match(/<title>/g)).toHaveLength(1);
    expect(page).not.toMatch(/ on[a-z]+="/);
  });

  test("nothing is loaded from anywhere", () => {
    const attributes = Array.from(page.matchAll(/<[^>]*\s(?:src|href|xlink:href|data|action|srcset)="([^"]*)"/g));
    expect(attributes).toEqual([]);
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    expect(style).toContain("prefers-color-scheme:dark");
    expect(style).toContain("@media print");
    expect(style).not.toMatch(/url\(|@import|http/);
    expect(page).toContain("default-src &#39;none&#39;");
    // what clips a chart is found within the page, and by one name only
    const ids = Array.from(page.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(id);
  });

  test("each chart has its numbers as a table", () => {
    const figures = page.match(/<figure>[\s\S]*?<\/figure>/g) ?? [];
    expect(figures.length).toBeGreaterThan(0);
    for (const figure of figures) expect(figure).toMatch(/role="img" aria-label="[^"]+"[\s\S]*<table>/);
  });

  test("the worst rows are written with their columns as they were read", () => {
    const lines = readFileSync(
      `${reportPlace(join(folder, "model of class"))}`.replace(/\.html$/, "-rows.csv"),
      "utf8",
    ).split("\n");
    expect(lines[0]).toContain("predicted,");
    expect(lines[0]).toContain(",probability,loss,<script>alert(1)</script>,y,kind");
    const losses = lines.slice(1, -1).map((line) => Number(/,([\d.e-]+),[\d.e-]+,[\d.e-]+,[^,]*$/.exec(line)?.[1]));
    expect(losses.length).toBeGreaterThan(20);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  });

  test("the test part is not opened", async () => {
    expect((await store.get(run)).testEvaluations).toEqual([]);
  });

  test("data that changed, and runs that are not there, are refused", async () => {
    await expect(writeReport("nothing", { store })).rejects.toMatchObject({ code: "store/unknown-run" });
    const whole = readFileSync(data, "utf8");
    writeFileSync(data, `${whole}0.5,0.5,x,no\n`);
    await expect(writeReport(run, { store })).rejects.toMatchObject({ code: "data/changed" });
    writeFileSync(data, whole);
    writeFileSync(join(folder, "model of class", "weights.safetensors"), "x");
    await expect(writeReport(run, { store })).rejects.toMatchObject({ code: "model/hash" });
  });
});

test("the report of a regression tells residuals in the target's unit", async () => {
  const run = await trained(written("numbr.csv", (x, y) => 1000 * x + 500 * y + 100));
  const { file } = await writeReport(run, { store, file: join(folder, "other.html") });
  const page = readFileSync(file, "utf8");
  expect(page).toContain("<h2>Residuals</h2>");
  expect(page).not.toContain("<h2>Confusion</h2>");
  expect(page).not.toContain("NaN");
  expect(readFileSync(join(folder, "other-rows.csv"), "utf8")).toContain(",residual,loss,");
});

test("what speaks against the data is said", async () => {
  const file = join(folder, "leaks.csv");
  const lines = Array.from(
    { length: 120 },
    (_, i) => `${(i * 37) % 101},${i % 2 === 0 ? 1 : 2},${i % 2 === 0 ? "a" : "b"}`,
  );
  writeFileSync(file, `x,copy,label\n${lines.join("\n")}\n`);
  const training = trainFile({ data: file, target: "label", hidden: [4], epochs: 2 }, { store, folder });
  const { run } = await drain(training);
  const page = readFileSync((await writeReport(run, { store })).file, "utf8");
  expect(page).toMatch(/<h3>Warnings<\/h3><ul><li><strong>[^<]*copy/);
});
