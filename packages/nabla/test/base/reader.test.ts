import { expect, test } from "vitest";
import * as read from "../../src/base/reader.ts";

interface Epoch {
  readonly epoch: number;
  readonly rate: number;
  readonly best: boolean;
  readonly reason: "time" | "patience";
  readonly dev?: { readonly error: number | null };
  readonly settings: Readonly<Record<string, number>>;
  readonly tags: readonly string[];
}

const epoch = read.record<Epoch>({
  epoch: read.whole,
  rate: read.number,
  best: read.flag,
  reason: read.word(["time", "patience"]),
  dev: read.optional(read.record<{ readonly error: number | null }>({ error: read.orNull(read.number) })),
  settings: read.byName(read.number),
  tags: read.list(read.text),
});

const good = { epoch: 3, rate: 0.1, best: true, reason: "time", settings: { rate: 1 }, tags: ["a"] };

test("a record is read as it was written, with its type; what nobody asked for is left out", () => {
  const found = epoch({ ...good, dev: { error: null }, other: 1 }, "epoch 3");
  expect(found).toStrictEqual({ ...good, dev: { error: null } });
  expect(epoch(good, "epoch 3")).toStrictEqual(good);
});

test("a reader that forgets a field, or reads another type, does not compile", () => {
  // @ts-expect-error: `keep` is not read
  read.record<{ readonly rate: number; readonly keep?: number }>({ rate: read.number });
  // @ts-expect-error: a text is no number
  read.record<{ readonly rate: number }>({ rate: read.text });
  // @ts-expect-error: it may be left out
  read.record<{ readonly rate?: number }>({ rate: read.number });
});

test.each<[string, unknown, string]>([
  ["a lost number", { ...good, rate: undefined }, "run 7.rate: expected a finite number, found nothing"],
  ["null for a number", { ...good, rate: null }, "run 7.rate: expected a finite number, found null"],
  ["a number that is none", { ...good, rate: Number.NaN }, "run 7.rate: expected a finite number, found NaN"],
  ["a text for a number", { ...good, rate: "0.1" }, 'run 7.rate: expected a finite number, found "0.1"'],
  ["a broken count", { ...good, epoch: 2.5 }, "run 7.epoch: expected a whole number not below 0, found 2.5"],
  ["a count below 0", { ...good, epoch: -1 }, "run 7.epoch: expected a whole number not below 0, found -1"],
  ["an unknown word", { ...good, reason: "tired" }, 'run 7.reason: expected one of time, patience, found "tired"'],
  ["a flag that is none", { ...good, best: 1 }, "run 7.best: expected true or false, found 1"],
  ["a field within a field", { ...good, dev: {} }, "run 7.dev.error: expected a finite number, found nothing"],
  ["an item of a list", { ...good, tags: ["a", 2] }, "run 7.tags[1]: expected a text, found 2"],
  ["a value by name", { ...good, settings: { keep: "x" } }, 'run 7.settings.keep: expected a finite number, found "x"'],
  ["no list", { ...good, tags: {} }, "run 7.tags: expected a list, found {}"],
  ["no record", [good], "run 7: expected a record, found ["],
])("%s is refused by name", (_what, data, said) => {
  expect(() => epoch(data, "run 7")).toThrow(expect.objectContaining({ code: "record/field" }));
  expect(() => epoch(data, "run 7")).toThrow(said);
});

test("inherited names are no fields", () => {
  expect(() => read.record<{ toString: string }>({ toString: read.text })({}, "it")).toThrow(
    "it.toString: expected a text, found nothing",
  );
});
