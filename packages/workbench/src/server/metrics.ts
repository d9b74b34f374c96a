/** What a server counts, in the text format of Prometheus (exposition format 0.0.4). */

/** Upper bounds in seconds. */
const BOUNDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

/** Counts requests by status, their seconds, and rows that were answered. */
export class ServerMetrics {
  readonly #statuses = new Map<number, number>();
  /** Requests that took at most the bound of the same place; the last one has none. */
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  #seconds = 0;
  #rows = 0;

  /** A request for answers that ended; `rows` were answered. */
  count({ status, rows, seconds }: { readonly status: number; readonly rows: number; readonly seconds: number }): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    const place = BOUNDS.findIndex((bound) => seconds <= bound);
    const at = place < 0 ? BOUNDS.length : place;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#seconds += seconds;
    this.#rows += rows;
  }

  /** The page of all counters; `memory` is the resident set in bytes. */
  text(memory: number): string {
    const statuses = [...this.#statuses].sort(([a], [b]) => a - b);
    let below = 0;
    const buckets = [...BOUNDS, Number.POSITIVE_INFINITY].map((bound, i) => {
      below += this.#counts[i] ?? 0;
      const name = Number.isFinite(bound) ? String(bound) : "+Inf";
      return `nabla_predict_seconds_bucket{le="${name}"} ${below}`;
    });
    const lines = [
      ...headOf("nabla_predict_requests_total", "counter", "Requests for predictions, by HTTP status."),
      ...statuses.map(([status, count]) => `nabla_predict_requests_total{status="${status}"} ${count}`),
      ...headOf("nabla_predict_rows_total", "counter", "Rows that were answered."),
      `nabla_predict_rows_total ${this.#rows}`,
      ...headOf("nabla_predict_seconds", "histogram", "Seconds from a request's arrival to its answer."),
      ...buckets,
      `nabla_predict_seconds_sum ${this.#seconds}`,
      `nabla_predict_seconds_count ${below}`,
      ...headOf("process_resident_memory_bytes", "gauge", "Resident memory size in bytes."),
      `process_resident_memory_bytes ${memory}`,
    ];
    return `${lines.join("\n")}\n`;
  }
}

function headOf(name: string, type: string, help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}
