/** Tags of runs, and which of them were put away or deleted. */
import type { Kysely, Transaction } from "kysely";
import { read } from "nabla";
import { fromJsonText, toJsonText } from "nabla/fields";
import type { RunMarks } from "./run.ts";
import type { Tables } from "./tables.ts";

const readTags = read.list(read.text);

/** The marks of all runs that have some, or of those given. */
export async function marksOf(
  database: Kysely<Tables> | Transaction<Tables>,
  ids?: readonly string[],
): Promise<ReadonlyMap<string, RunMarks>> {
  const all = (database as Kysely<Tables>).selectFrom("run_marks").selectAll();
  const rows = await (ids === undefined ? all : all.where("run", "in", [...ids])).execute();
  return new Map(
    rows.map(({ run, tags, archived, deleted }) => [
      run,
      {
        tags: readTags(fromJsonText(tags), `the tags of the run ${run}`),
        archived: archived !== null,
        deleted: deleted !== null,
      },
    ]),
  );
}

/** Changes the marks of a run; `time` is that of whoever does it. */
export async function writeMarks(
  database: Transaction<Tables>,
  run: string,
  { marks, time }: { readonly marks: Partial<RunMarks>; readonly time: string },
): Promise<void> {
  const { tags = [], archived = false, deleted = false } = { ...(await marksOf(database, [run])).get(run), ...marks };
  const columns = {
    tags: toJsonText([...tags]),
    archived: archived ? time : null,
    deleted: deleted ? time : null,
  };
  await database
    .insertInto("run_marks")
    .values({ run, ...columns })
    .onConflict((conflict) => conflict.column("run").doUpdateSet(columns))
    .execute();
}
