/**
 * Fashion-MNIST by the command with nothing but its defaults: `node --conditions=nabla-source benchmarks/fashion.ts FOLDER --time 10m`.
 * The folder holds the four IDX files, zipped (Debian's package `dataset-fashion-mnist` has them). They become one file of NumPy whose
 * test pictures are the sealed part: `nabla train` learns the others, and `nabla evaluate --on test` says what it came to. Words after the
 * folder go to `nabla train`.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type NdArray, ndarray } from "nabla";
import { writeNpz } from "nabla/exchange";

const SIDE = 28;
/** Bytes before the numbers of IDX files of pictures and of labels. */
const HEADERS = { images: 16, labels: 8 } as const;
const command = join(import.meta.dirname, "../packages/workbench/bin/nabla.js");

async function numbers(file: string, header: number): Promise<Int32Array<ArrayBuffer>> {
  return Int32Array.from(gunzipSync(await readFile(file)).subarray(header));
}

async function part(folder: string, { file, name }: { file: string; name: string }): Promise<[string, NdArray][]> {
  const pixels = await numbers(join(folder, `${file}-images-idx3-ubyte.gz`), HEADERS.images);
  const labels = await numbers(join(folder, `${file}-labels-idx1-ubyte.gz`), HEADERS.labels);
  return [
    [`x_${name}`, ndarray(pixels, [labels.length, SIDE, SIDE])],
    [`y_${name}`, ndarray(labels, [labels.length])],
  ];
}

const [folder, ...words] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder of the four files");
const place = await mkdtemp(join(tmpdir(), "nabla-fashion-"));
try {
  const data = join(place, "fashion-mnist.npz");
  const train = await part(folder, { file: "train", name: "train" });
  const test = await part(folder, { file: "t10k", name: "test" });
  await writeFile(data, writeNpz(new Map([...train, ...test])));
  const run = (...given: readonly string[]): void => {
    const began = performance.now();
    const { status } = spawnSync(process.execPath, [command, ...given], { cwd: place, stdio: "inherit" });
    console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s by the clock\n`);
    if (status !== 0) throw new Error(`nabla ${given[0]} ended with ${status}`);
  };
  run("train", data, ...words);
  const models = await readdir(join(place, ".nabla/models"), { withFileTypes: true });
  for (const { name } of models.filter((entry) => entry.isDirectory())) run("evaluate", name, "--on", "test");
} finally {
  await rm(place, { recursive: true, force: true });
}
