import { dataFile } from "./data-file.ts";
import { database } from "./database.ts";
import { relation } from "./relation.ts";

/** The columns of a table file, in its order. Throws `files/…` and `data/…`. */
export async function columnNames(path: string): Promise<readonly string[]> {
  const file = await dataFile(path);
  await using db = await database();
  return (await relation(db, file)).columns.map(({ name }) => name);
}
