/** Writes the rows of a SELECT as a Parquet file, by DuckDB itself rather than by what is tested; `form` are more options of its COPY. */
export async function writeParquet(path: string, select: string, form = ""): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet${form})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
