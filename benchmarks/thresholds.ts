/**
 * F1 of test rows at a half, from the threshold that `--threshold auto` chooses, and from the best one that the test rows themselves know:
 * `node --conditions=nabla-source benchmarks/thresholds.ts [choosing|reporting] [name …]`. What is decided about thresholds is decided by
 * the tables of "choosing"; the others tell. Prints the table of docs/measures.md: means over five seeds.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, normal, seedKey, uniform } from "../packages/nabla/src/index.ts";
import { predictFile } from "../packages/workbench/src/runs/predict-file.ts";
import { trainFile } from "../packages/workbench/src/runs/train-file.ts";
import { openStore } from "../packages/workbench/src/store/open.ts";
import { loadTrained } from "../packages/workbench/src/store/trained-model.ts";
import { columnIn, type Half, listTables, type PartFiles, writeParts } from "./results/tables.ts";

interface Table {
  readonly name: string;
  readonly half: Half;
  readonly target: string;
  readonly parts: () => Promise<PartFiles>;
}

const SEEDS = [1, 2, 3, 4, 5];
const folder = mkdtempSync(join(tmpdir(), "nabla-thresholds-"));

/** Made-up payments, of which few are fraud and hardly any is likelier fraud than not. */
function payments(name: string, { rarity, seed }: { readonly rarity: number; readonly seed: number }): PartFiles {
  const write = (part: string, rows: number, own: number): string => {
    const [draws, noise] = [uniform(seedKey(own), rows), normal(seedKey(own + 1), 2 * rows)];
    const lines = Array.from({ length: rows }, (_, row) => {
      const [a, b] = [Number(noise[2 * row]), Number(noise[2 * row + 1])];
      const isFraud = Number(draws[row]) < 1 / (1 + Math.exp(rarity - 1.2 * a));
      return `${a.toFixed(3)},${b.toFixed(3)},${isFraud ? "fraud" : "honest"}`;
    });
    const path = join(folder, `${name}-${part}.csv`);
    writeFileSync(path, ["a,b,kind", ...lines].join("\n"));
    return path;
  };
  return { train: write("train", 1200, seed), test: write("test", 4000, seed + 10) };
}

const made: readonly Table[] = [
  {
    name: "payments, one in thirteen fraud (made up)",
    half: "choosing",
    target: "kind",
    parts: async () => payments("more", { rarity: 3, seed: 1 }),
  },
  {
    name: "payments, one in thirty fraud (made up)",
    half: "reporting",
    target: "kind",
    parts: async () => payments("fewer", { rarity: 4, seed: 41 }),
  },
];
const kept: readonly Table[] = listTables()
  .filter(({ name }) => ["attrition", "pima", "credit", "sonar"].includes(name))
  .map((entry) => ({ ...entry, parts: async () => await writeParts(entry, join(folder, entry.name), folder) }));

/** F1 of the positive rows where those from a share on are taken for positive. */
function f1From(shares: readonly number[], isPositive: readonly boolean[], from: number): number {
  let [truePositives, predicted, actual] = [0, 0, 0];
  for (const [row, share] of shares.entries()) {
    truePositives += Number(share >= from && isPositive[row] === true);
    predicted += Number(share >= from);
    actual += Number(isPositive[row] === true);
  }
  return (2 * truePositives) / Math.max(1, predicted + actual);
}

const store = await openStore(join(folder, "runs.db"));
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const asked = process.argv.slice(2);
try {
  console.log("| Table | for | from a half | auto | best on test | auto better in |\n|---|---|---|---|---|---|");
  for (const { name, half, target, parts } of [...made, ...kept].sort((a, b) => a.half.localeCompare(b.half))) {
    if (asked.length > 0 && !asked.some((one) => one === half || name.startsWith(one))) continue;
    const { train, test } = await parts();
    const truth = columnIn(test, target);
    const found: { readonly half: number; readonly auto: number; readonly best: number }[] = [];
    for (const seed of SEEDS) {
      const experiment = { data: train, target, seed, measure: "f1", threshold: "auto", members: 1 } as const;
      const split = { split: { train: 0.7, dev: 0.3, test: 0 }, refit: "none" } as const;
      const { model = "", outcome } = await drain(trainFile({ ...experiment, ...split }, { store, folder }));
      const { class: positive = "", from = 0.5 } = outcome.threshold ?? {};
      const { header, chunks } = await predictFile(await loadTrained(model), test);
      const place = header.indexOf(`probability_${positive}`);
      const shares: number[] = [];
      for await (const rows of chunks) for (const row of rows) shares.push(Number(row[place]));
      const isPositive = truth.map((one) => one === positive);
      const f1 = (share: number): number => f1From(shares, isPositive, share);
      found.push({ half: f1(0.5), auto: f1(from), best: Math.max(...new Set(shares.map(f1))) });
    }
    const better = found.filter((one) => one.auto > one.half).length;
    const cells = (["half", "auto", "best"] as const).map((of) => percent(mean(found.map((one) => one[of]))));
    console.log(`| ${[name, half, ...cells, `${better} of ${SEEDS.length}`].join(" | ")} |`);
  }
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
