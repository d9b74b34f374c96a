/** Trains on a CSV through a row file and prints the cost and the most memory that this process had. */
import { adam, chain, dense, fit, fitSource, relu, squaredError } from "nabla";
import { rowFile } from "../../../src/sources/row-file.ts";
import { scan } from "../../../src/sources/scan.ts";

const [path = "", columns = "0"] = process.argv.slice(2);
const inputs = Array.from({ length: Number(columns) }, (_, i) => ({ name: `x${i}`, kind: "number" as const }));
const source = await scan(path, { columns: inputs, targets: [{ name: "y", kind: "number" }] });
await using rows = await rowFile(source, await fitSource(source));
const run = await fit({
  model: chain(dense(8), relu(), dense(1)),
  loss: squaredError(),
  optimizer: adam({ rate: 0.01 }),
  train: rows,
  batch: 1024,
  epochs: 1,
});
process.stdout.write(
  JSON.stringify({ rows: rows.rows, cost: run.train.cost, megabytes: process.resourceUsage().maxRSS / 1024 }),
);
