// Saves checkpoint after checkpoint, each full of its own number, and prints that number: node save-checkpoints.ts FILE
import { ndarray } from "nabla";
import { saveCheckpoint } from "../../../src/store/checkpoint.ts";
import { positionAt } from "../positions.ts";

for (let number = 1; ; number++) {
  const arrays = new Map([["weights", ndarray(new Float32Array(50_000).fill(number), [50_000])]]);
  await saveCheckpoint(process.argv[2] ?? "", { arrays, position: positionAt(number) });
  process.stdout.write(`${number}\n`);
}
