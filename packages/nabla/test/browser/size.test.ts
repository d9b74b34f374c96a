/** How much a page loads. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ bundle: true, minify: true, write: false },
    ...{ format: "esm", platform: "browser", conditions: ["nabla-source"] },
  });
  return outputFiles.map(({ text }) => text).join("");
}

test("a page that trains loads at most 90 KB, and no layer or optimizer that it does not use", async () => {
  const page = await bundled('export { adam, chain, dense, fit } from "nabla";');
  expect(gzipSync(page, { level: 9 }).length).toBeLessThanOrEqual(90 * 1024);
  for (const absent of ["recurrent", "adafactor", "embeddingBag"]) expect(page).not.toContain(`"${absent}"`);
  // such kinds are found that way where they are used
  expect(await bundled('export { adafactor } from "nabla";')).toContain('"adafactor"');
});

test("a page that predicts with a saved model loads at most 35 KB, and nothing that trains or compiles", async () => {
  const page = await bundled('export { openModel } from "nabla/predict";');
  expect(gzipSync(page, { level: 9 }).length).toBeLessThanOrEqual(35 * 1024);
  for (const absent of ["WebAssembly", "initializer", "adam", "conv2d"]) expect(page).not.toContain(absent);
  expect(page).toContain("embeddingBag");
});

test("a page that opens models holds the kinds that it gives to its reader, and no others", async () => {
  const kinds = "{ layer: { chain, dense, relu }, loss: { softmaxCrossEntropy } }";
  const page = await bundled(`import { modelReader } from "nabla/exchange";
    import { chain, dense, predictor, relu, softmaxCrossEntropy } from "nabla";
    export const read = modelReader(${kinds});
    export { predictor };`);
  for (const absent of ["recurrent", "embeddingBag", "poisson"]) expect(page).not.toContain(`"${absent}"`);
  expect(gzipSync(page, { level: 9 }).length).toBeLessThanOrEqual(85 * 1024);
  const whole = await bundled('export { readModelFile } from "nabla/exchange"; export { predictor } from "nabla";');
  for (const present of ["recurrent", "embeddingBag", "poisson"]) expect(whole).toContain(`"${present}"`);
});

test("a page that reads tables loads what reads Parquet files when one comes, and hyparquet only where it says so", async () => {
  const { outputFiles } = await build({
    stdin: { contents: 'export { readTable } from "nabla/tables";', resolveDir: import.meta.dirname },
    ...{ bundle: true, minify: true, write: false, splitting: true, outdir: "/" },
    ...{ format: "esm", platform: "browser", conditions: ["nabla-source"] },
  });
  const [first, ...later] = outputFiles
    .map(({ text }) => text)
    .sort((a, b) => Number(b.includes("readTable")) - Number(a.includes("readTable")));
  const holdsParquet = (text = ""): boolean => text.includes("FIXED_LEN_BYTE_ARRAY");
  expect([first?.includes("parquet-rows"), holdsParquet(first), holdsParquet(later.join(""))]).toEqual([
    true,
    false,
    true,
  ]);
});
