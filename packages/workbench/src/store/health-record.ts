/** What was recorded of each layer while a run trained: a line of JSON for each epoch that was looked at, beside its checkpoint. */
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { read } from "nabla";
import { fromJsonText } from "nabla/fields";
import { fileFailure, systemCode } from "../host/file-failure.ts";

/** Numbers in bins of one width. */
export interface Histogram {
  /** The least and the most of them. */
  readonly from: number;
  readonly to: number;
  /** How many are in each bin. */
  readonly counts: readonly number[];
  /** How many are no finite numbers; absent where all are. */
  readonly bad?: number;
}

/** A histogram by the path of what its numbers are of. */
export type NamedHistogram = readonly [path: string, histogram: Histogram];

/** A layer after an epoch; null for what is no finite number. */
export interface WatchedLayer {
  readonly path: string;
  readonly gain: number | null;
  /** The norm of the cost's gradient by what it gives. */
  readonly gradient: number | null;
  readonly dead: number | null;
  /** Absent for layers without bounds. */
  readonly saturated?: number | null;
}

/** A network after an epoch. */
export interface HealthRecord {
  readonly epoch: number;
  readonly layers: readonly WatchedLayer[];
  readonly weights: readonly NamedHistogram[];
  readonly activations: readonly NamedHistogram[];
  readonly gradients: readonly NamedHistogram[];
}

const measured = read.orNull(read.number);
const readHistogram = read.record<Histogram>({
  from: read.number,
  to: read.number,
  counts: read.list(read.whole),
  bad: read.optional(read.whole),
});

function readNamed(value: unknown, path: string): NamedHistogram {
  const [name, histogram] = Array.isArray(value) ? value : [];
  return [read.text(name, path), readHistogram(histogram, path)];
}

const readRecord = read.record<HealthRecord>({
  epoch: read.whole,
  layers: read.list(
    read.record<WatchedLayer>({
      path: read.text,
      gain: measured,
      gradient: measured,
      dead: measured,
      saturated: read.optional(measured),
    }),
  ),
  weights: read.list(readNamed),
  activations: read.list(readNamed),
  gradients: read.list(readNamed),
});

/** Where the records of a run lie. */
function placeOf(checkpoint: string): string {
  return checkpoint.replace(/(\.safetensors)?$/, "-health.jsonl");
}

/** Adds what was seen after an epoch. Throws `files/…`. */
export async function appendHealth(checkpoint: string, record: HealthRecord): Promise<void> {
  const path = placeOf(checkpoint);
  try {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileFailure(error, "write", path);
  }
}

/**
 * The records of a run by epoch, of a training that went back only those of the epochs that count; empty where none were made.
 * Throws `record/field` and `files/…`.
 */
export async function readHealth(checkpoint: string): Promise<readonly HealthRecord[]> {
  const path = placeOf(checkpoint);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return "";
    throw fileFailure(error, "read", path);
  });
  const records: HealthRecord[] = [];
  for (const line of text.split("\n")) {
    const record = recordIn(line, path);
    if (record === undefined) continue;
    while ((records.at(-1)?.epoch ?? 0) >= record.epoch) records.pop();
    records.push(record);
  }
  return records;
}

/** A line as a record; undefined for one that was cut off, where the process was ended while it wrote. */
function recordIn(line: string, path: string): HealthRecord | undefined {
  if (!line.startsWith("{") || !line.endsWith("}")) return undefined;
  let data: unknown;
  try {
    data = fromJsonText(line);
  } catch {
    return undefined;
  }
  return readRecord(data, path);
}
