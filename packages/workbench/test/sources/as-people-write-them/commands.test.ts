import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Ended, nabla, start, workFolder } from "../../commands/nabla.ts";
import { draws, many } from "./draws.ts";
import { csv, grouped } from "./dress.ts";

let folder = "";
beforeEach(() => {
  folder = workFolder();
});

const FEW = ["--epochs", "4", "--hidden", "8", "--no-report", "--out", "model"];
const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
const run = (words: string): Promise<Ended> => nabla(words.split(" "), { folder });
const train = (words: string, more: readonly string[] = []): Promise<Ended> =>
  nabla(["train", ...words.split(" "), ...FEW, ...more], { folder });
/** All that a person reads. */
const read = ({ stdout, stderr }: Ended): string => `${stderr}\n${stdout}`;

const random = draws(199);
const z = many(90, () => random.real(-2, 2, 3));
const flags = many(90, () => random.chance(0.5));
const price = z.map((value, i) => Number((value + (flags[i] ? 10 : 0)).toFixed(3)));
const colors = many(90, (i) => ["red", "blue", "green"][i % 3] ?? "");

describe("predict", () => {
  it("names levels that the model has never seen, with their counts", async () => {
    write("train.csv", csv({ color: colors, z, price }));
    write("new.csv", csv({ color: ["teal", "red", "mauve", "teal"], z: [0, 1, 0.5, 0] }));
    expect((await train("train.csv --target price")).code).toBe(0);
    const { code, stderr } = await run("predict model new.csv");
    expect(code).toBe(0);
    expect(stderr).toMatch(/(?=[\s\S]*color)(?=[\s\S]*teal)(?=[\s\S]*mauve)(?=[\s\S]*\b3\b)/);
  });

  it("gives the same answers for True, TRUE, 1 and the truths of JSON", async () => {
    write("train.csv", csv({ flag: flags.map((flag) => (flag ? "True" : "False")), z, price }));
    expect((await train("train.csv --target price")).code).toBe(0);
    const rows = z.slice(0, 12);
    const forms = [
      ["True", "False"],
      ["TRUE", "FALSE"],
      ["1", "0"],
      ["yes", "no"],
    ] as const;
    const spelled = forms.flatMap(([yes, no]) => rows.map((_, i) => (flags[i] ? yes : no)));
    write("forms.csv", csv({ flag: spelled, z: forms.flatMap(() => rows) }));
    write("same.json", JSON.stringify(rows.map((value, i) => ({ flag: flags[i], z: value }))));
    const json = await run("predict model same.json");
    const expected = json.stdout.trim().split("\n").slice(1);
    expect(expected).toHaveLength(12);
    const all = await run("predict model forms.csv");
    expect(all.stdout.trim().split("\n").slice(1)).toEqual(forms.flatMap(() => expected));
    expect(json.stderr + all.stderr).not.toMatch(/never seen/);
  });

  it("writes classes as the file does", async () => {
    write("train.csv", csv({ z, x: price, cls: flags.map((flag) => (flag ? "01" : "1")) }));
    // until both are predicted
    expect((await run("train train.csv --target cls --epochs 60 --no-report --out model")).code).toBe(0);
    const { stdout } = await run("predict model train.csv");
    const [header = "", ...answers] = stdout.trim().split("\n");
    expect(header.split(",")).toEqual(expect.arrayContaining(["probability_01", "probability_1"]));
    expect(new Set(answers.map((answer) => answer.split(",")[0])).size).toBe(2);
    for (const answer of answers) expect(["01", "1"]).toContain(answer.split(",")[0]);
  });

  it("writes dates as dates", async () => {
    const days = z.map((value, i) => new Date(Date.UTC(2023, 0, 1 + Math.round(100 * (value + 2)) + (i % 3))));
    const due = days.map((date) => date.toISOString().slice(0, 10).split("-").reverse().join("."));
    write("due.csv", csv({ z, w: price, due }));
    expect((await train("due.csv --target due")).code).toBe(0);
    const [header, ...answers] = (await run("predict model due.csv")).stdout.trim().split("\n");
    expect(header).toBe("prediction");
    expect(answers).toHaveLength(90);
    for (const answer of answers) expect(answer).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it("reads numbers in dress as in training", async () => {
    write("train.csv", csv({ amount: price.map((value) => `$${grouped(value * 1000, { digits: 2 })}`), z, y: price }));
    expect((await train("train.csv --target y")).code).toBe(0);
    write("dressed.csv", csv({ amount: ["$1,234.50", "$11,000.00"], z: [0, 1] }));
    write("plain.csv", csv({ amount: ["1234.5", "11000"], z: [0, 1] }));
    expect((await run("predict model plain.csv")).stdout).toBe((await run("predict model dressed.csv")).stdout);
  });
});

describe("profile", () => {
  it("prints a line a column with how it is read, and what is noticed with the option", async () => {
    write(
      "shop.csv",
      csv({
        zip: many(90, (i) => ["02134", "10001"][i % 2] ?? ""),
        amount: price.map((value) => `$${value.toFixed(2)}`),
        when: many(90, (i) => `${String(1 + (i % 28)).padStart(2, "0")}/05/2024`),
        note: many(90, () => "NA"),
      }),
    );
    const { code, stdout } = await run("profile shop.csv");
    expect(code).toBe(0);
    for (const part of [/zip.*(category|codes)/, /amount.*number/, /when.*date/, /note/, /\$/, /02134/])
      expect(stdout).toMatch(part);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("takes what is said of columns", async () => {
    write(
      "shop.csv",
      csv({
        zip: many(90, (i) => ["02134", "10001"][i % 2] ?? ""),
        rooms: many(90, (i) => 1 + (i % 4)),
        t: z.map((value, i) => (i % 9 === 0 ? -999 : value)),
      }),
    );
    const { code, stdout } = await run("profile shop.csv --column zip=number --column rooms=category --missing -999");
    expect(code).toBe(0);
    expect(stdout).toMatch(/zip.*number/);
    expect(stdout).toMatch(/rooms.*(names|categor)/);
    expect(stdout).toMatch(/\bt\b.*\b10\b/);
  });
});

describe("train", () => {
  it("takes what is said of columns from an experiment", async () => {
    write("data.csv", csv({ zip: many(90, (i) => ["2134", "10001", "60601"][i % 3] ?? ""), z, price }));
    write("experiment.yaml", "data: data.csv\ntarget: price\ncolumns:\n  zip: number\n");
    const { code, stderr, stdout } = await nabla(
      ["train", "--config", "experiment.yaml", "--json", "--no-report", "--epochs", "2", "--out", "model"],
      { folder },
    );
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(stdout)).toBeTypeOf("object");
    const model = readFileSync(join(folder, "model", "model.json"), "utf8");
    expect(model).not.toMatch(/zip=/);
  });

  it("says what it noticed even where an error follows", async () => {
    write(
      "text.csv",
      csv({
        description: many(90, (i) => `nice${i} home${i} view${i} of${i}`),
        price,
      }),
    );
    const ended = await train("text.csv --target price");
    expect(ended.code).not.toBe(0);
    expect(read(ended)).toMatch(/description[\s\S]*--column description=/);
    expect(ended.stderr).toMatch(/error: .*left out: description \(text\)\nhint: .*--column description=text/);
  });

  it("warns with what to do about it, however quietly", async () => {
    const own = draws(3);
    const sick = many(60, () => own.chance(0.5));
    const visits = many(360, (i) => Math.floor(i / 6));
    write(
      "visits.csv",
      csv({
        a: visits.map(() => own.normal().toFixed(3)),
        patient_id: visits.map((patient) => `P${patient}`),
        ill: visits.map((patient) => (sick[patient] ? "yes" : "no")),
      }),
    );
    const { stderr } = await train("visits.csv --target ill", ["--quiet"]);
    expect(stderr).toMatch(/^warning: .*patient_id.*--group patient_id$/m);
  });

  it("reads standard input", async () => {
    const running = start(["train", "-", "--target", "price", ...FEW], { folder });
    running.child.stdin?.end(csv({ z, color: colors, price }));
    expect((await running.ended).code).toBe(0);
  });

  it("says that rows of a patient stand in several parts, and does not advise to leave the patient out", async () => {
    const patients = many(60, (i) => ({
      id: `P${String(i).padStart(3, "0")}`,
      ill: random.chance(0.5) ? "yes" : "no",
      at: many(4, () => random.normal()),
    }));
    const visits = many(420, () => random.pick(patients));
    const columns = {
      ...Object.fromEntries(
        ["a", "b", "c", "d"].map((name, k) => [
          name,
          visits.map(({ at }) => ((at[k] ?? 0) + 0.1 * random.normal()).toFixed(3)),
        ]),
      ),
      patient_id: visits.map(({ id }) => id),
      ill: visits.map(({ ill }) => ill),
    };
    write("visits.csv", csv(columns));
    const said = read(await train("visits.csv --target ill"));
    expect(said).toMatch(/--group patient_id/);
    expect(said).not.toMatch(/--ignore patient_id|patient_id=ignore/);
  });

  it.each([
    ["one value of 1e7 among ten", price.map((value, i) => (i === 40 ? 1e7 : value))],
    ["three rows", price.slice(0, 3)],
    ["two rows", price.slice(0, 2)],
    ["twelve rows", price.slice(0, 12)],
  ])("prints no absurd error for %s", async (_, target) => {
    write("y.csv", csv({ z: z.slice(0, target.length), y: target }));
    const ended = await train("y.csv --target y");
    // but for the axis of a chart, which may span any range
    const said = read(ended)
      .split("\n")
      .filter((line) => !/[┤┼]/.test(line));
    expect(said.join("\n")).not.toMatch(/Infinity|NaN|\d{5,}(\.\d+)? ?%|internal/);
    if (ended.code !== 0) expect(ended.stderr).toMatch(/rows?\b/);
  });

  it("calls nothing a leak because of two rows of a class", async () => {
    const fraud = many(500, (i) => Number(i === 5 || i === 333));
    write(
      "fraud.csv",
      csv({
        u: many(500, (i) => (random.normal() + 3 * (fraud[i] ?? 0)).toFixed(3)),
        v: many(500, () => random.normal().toFixed(3)),
        fraud,
      }),
    );
    const said = read(await train("fraud.csv --target fraud"));
    expect(said).not.toMatch(/may give fraud away/);
    expect(said).toMatch(/(?=[\s\S]*fraud)(?=[\s\S]*\b2 rows\b)/);
  });
});

describe("evaluate", () => {
  it("measures a file of one class, of two rows and of a class that is not known, named by its row", async () => {
    write("train.csv", csv({ z, x: price, grade: flags.map((flag) => (flag ? "good" : "bad")) }));
    expect((await train("train.csv --target grade")).code).toBe(0);
    write("only-good.csv", "z,x,grade\n0.1,10.1,good\n0.2,10.2,good\n0.5,10.5,good\n");
    write("two-rows.csv", "z,x,grade\n0.1,10.1,good\n0.2,0.2,bad\n");
    write("one-row.csv", "z,x,grade\n0.1,10.1,good\n");
    write("unknown.csv", "z,x,grade\n0.1,10.1,good\n0.2,0.2,bad\n0.3,0.3,awful\n");
    for (const [name, rows] of [
      ["only-good.csv", 3],
      ["two-rows.csv", 2],
      ["one-row.csv", 1],
    ] as const) {
      const { code, stdout, stderr } = await run(`evaluate model --data ${name} --json`);
      expect([name, code, stderr]).toEqual([name, 0, expect.not.stringMatching(/classification needs|choose another/)]);
      expect(JSON.parse(stdout)).toMatchObject({ rows });
    }
    expect(read(await run("evaluate model --data unknown.csv"))).toMatch(/(?=[\s\S]*awful)(?=[\s\S]*row 4)/);
  });

  it("measures a file of numbers without any spread", async () => {
    write("train.csv", csv({ z, x: z.map((value) => 2 * value), y: price }));
    expect((await train("train.csv --target y")).code).toBe(0);
    write("same.csv", "z,x,y\n0.1,10.1,2\n0.2,10.2,2\n0.5,10.5,2\n");
    const ended = await run("evaluate model --data same.csv");
    expect(ended.code).toBe(0);
    expect(read(ended)).not.toMatch(/Infinity|NaN/);
  });
});
