// Appends to a store that somebody holds, with no patience, and prints how it is refused: node locked.ts STORE RUN
import { NablaError } from "nabla";
import { openStore } from "../../../src/store/open.ts";

const [place, id = ""] = process.argv.slice(2);
const store = await openStore(place, { patience: 0, outage: 0 });
await store.append(id, { events: [{ kind: "note", data: null }] }).catch((error: unknown) => {
  if (!(error instanceof NablaError)) throw error;
  process.stdout.write(`${error.code}\n`);
});
process.stdout.write(`${(await store.get(id)).events.length}\n`);
