/** A small model of rows, saved as a training saves it. */
import { adam, applyPreparation, fit, network, prepare, softmaxCrossEntropy } from "nabla";
import { tableFromRows } from "nabla/reading";
import { expect } from "vitest";
import { saveTrained } from "../../src/store/trained-model.ts";

/** The rows that it has learned. */
export const seen = Array.from({ length: 24 }, (_, i) => ({
  area: 30 + 5 * i,
  built: `${1950 + i}-0${1 + (i % 9)}-15`,
  kind: i < 12 ? "flat" : "house",
}));

/** Trains a little, and saves. */
export async function saveFlats(place: string): Promise<void> {
  const table = tableFromRows(seen);
  const target = table.columns.find(({ name }) => name === "kind") ?? expect.fail("there is a kind");
  const rows = { ...table, columns: table.columns.filter((column) => column !== target), target };
  const preparation = prepare.fit(rows);
  const learning = { loss: softmaxCrossEntropy(), optimizer: adam({ rate: 0.01 }), epochs: 5, batch: 8, seed: 1 };
  const train = applyPreparation(preparation, rows);
  const { trained } = await fit({ ...learning, train, model: network({ hidden: [4], outputs: 2 }) });
  await saveTrained(place, { trained, preparation });
}
