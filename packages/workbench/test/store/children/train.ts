// Pretends to train: node train.ts STORE EPOCHS [RUN]. Prints the run's id, then each epoch that is stored.
import { openStore } from "../../../src/store/open.ts";
import { draft, epoch } from "../drafts.ts";

const [place, epochs, given] = process.argv.slice(2);
const store = await openStore(place);
const id = given ?? (await store.create(draft())).id;
process.stdout.write(`${id}\n`);
for (let number = 1; number <= Number(epochs); number++) {
  await store.append(id, {
    epochs: given === undefined ? [epoch(number)] : [],
    events: [{ kind: "epoch", data: [process.pid, number] }],
  });
  process.stdout.write(`${number}\n`);
}
await store.close();
