import { expect, test } from "vitest";
import { readColumnReading } from "../../src/data/column-reading.ts";
import { decided } from "./decided.ts";

type Row = readonly [name: string, cells: readonly string[], how: string, values: readonly (number | string | null)[]];

/** Columns as public tables and exports of programs have them; days and times stand for themselves. */
const columns: readonly Row[] = [
  ["Installs", ["10,000+", "5,000+", "100+", "10,000+"], "names", ["10,000+", "5,000+", "100+", "10,000+"]],
  [
    "Size",
    ["19M", "8.7k", "Varies with device", "Varies with device", "3.4M", "512k", "21M"],
    "numbers with multipliers such as k and M",
    [19000000, 8700, null, null, 3400000, 512000, 21000000],
  ],
  ["Value", ["€110.5M", "€565K", "€0"], "numbers with multipliers such as k and M, in €", [110500000, 565000, 0]],
  ["Height", ["5'7", "6'2", "5'11"], "names", ["5'7", "6'2", "5'11"]],
  ["Weight", ["159lbs", "183lbs"], "numbers, in lbs", [159, 183]],
  ["term", [" 36 months", " 60 months", " 36 months"], "numbers, in months", [36, 60, 36]],
  [
    "emp_length",
    ["10+ years", "< 1 year", "2 years", "1 year", "n/a", "3 years", "10+ years", "2 years", "1 year"],
    "names",
    ["10+ years", "< 1 year", "2 years", "1 year", null, "3 years", "10+ years", "2 years", "1 year"],
  ],
  ["issue_d", ["Dec-11", "Jan-12"], "months", ["2011-12-01", "2012-01-01"]],
  ["earliest_cr_line", ["Jan-85", "Oct-01"], "months", ["1985-01-01", "2001-10-01"]],
  ["runtime", ["120 min", "95 min"], "numbers, in min", [120, 95]],
  ["host_response_rate", ["98%", "N/A", "100%"], "numbers, in %", [98, null, 100]],
  ["Change %", ["+1.2%", "-0.5%", "0%"], "numbers, in %", [1.2, -0.5, 0]],
  ["Vol.", ["1.2M", "950K", "3.01B"], "numbers with multipliers such as k and M", [1200000, 950000, 3010000000]],
  ["Volume", ["12,345,600", "9,876,500"], "numbers with thousands commas", [12345600, 9876500]],
  [
    "InvoiceNo",
    ["536365", "536366", "536367", "536365", "C536379", "C536379"],
    "codes with letters among whole numbers, kept as text",
    ["536365", "536366", "536367", "536365", "C536379", "C536379"],
  ],
  [
    "StockCode",
    ["85123A", "71053", "84406B", "22752"],
    "codes with letters among whole numbers, kept as text",
    ["85123A", "71053", "84406B", "22752"],
  ],
  [
    "InvoiceDate",
    ["12/1/2010 8:26", "12/1/2010 13:02", "1/13/2011 9:00"],
    "dates, month before day, with times",
    ["2010-12-01T08:26Z", "2010-12-01T13:02Z", "2011-01-13T09:00Z"],
  ],
  ["CO(GT)", ["2,6", "2", "-200", "2,2"], "numbers with decimal commas", [2.6, 2, -200, 2.2]],
  [
    "Alley",
    ["NA", "NA", "NA", "NA", "Grvl", "Pave", "NA", "NA"],
    "names",
    ["NA", "NA", "NA", "NA", "Grvl", "Pave", "NA", "NA"],
  ],
  ["LotFrontage", ["65", "80", "NA", "60", "84.5", "75"], "numbers", [65, 80, null, 60, 84.5, 75]],
  ["Cabin", ["C85", "C123", "", "E46"], "names", ["C85", "C123", null, "E46"]],
  ["RainToday", ["Yes", "No", "No", "Yes"], "yes or no", ["Yes", "No", "No", "Yes"]],
  ["bruises", ["t", "f", "t"], "yes or no", ["t", "f", "t"]],
  ["stalk-root", ["e", "?", "b", "?", "c", "?"], "names", ["e", "?", "b", "?", "c", "?"]],
  ["normalized-losses", ["?", "164", "?", "158"], "numbers", [null, 164, null, 158]],
  ["store_and_fwd_flag", ["N", "Y", "N"], "yes or no", ["N", "Y", "N"]],
  [
    "salary",
    ["£25,000.00", "Competitive", "Competitive", "£31,500.50"],
    "numbers with thousands commas, in £",
    [25000, null, null, 31500.5],
  ],
  ["salary", ["$50,000 - $60,000", "$70,000 - $80,000"], "names", ["$50,000 - $60,000", "$70,000 - $80,000"]],
  ["tumor-size", ["10-14", "15-19", "10-14"], "names", ["10-14", "15-19", "10-14"]],
  ["blood pressure", ["120/80", "130/85"], "names", ["120/80", "130/85"]],
  ["ip", ["10.0.0.1", "192.168.1.1"], "names", ["10.0.0.1", "192.168.1.1"]],
  ["version", ["1.2.3", "1.10.0"], "names", ["1.2.3", "1.10.0"]],
  ["phone", ["+49 170 1234567", "030 123456"], "names", ["+49 170 1234567", "030 123456"]],
  ["postcode", ["SW1A 1AA", "EC1A 1BB"], "names", ["SW1A 1AA", "EC1A 1BB"]],
  ["genotype", ["0/0", "0/1", "1/1"], "names", ["0/0", "0/1", "1/1"]],
  ["color", ["#FF0000", "#00FF00"], "names", ["#FF0000", "#00FF00"]],
  ["lat", ["52°31'N", "48°51'N"], "names", ["52°31'N", "48°51'N"]],
  ["reading", ["<0.05", "0.12", "0.3", "1.1"], "numbers", [null, 0.12, 0.3, 1.1]],
  ["temperature", ["12°C", "-3.5°C", "7°C"], "numbers, in °C", [12, -3.5, 7]],
  ["distance", ["5 km", "500 m", "1.2 km"], "numbers, in km", [5, 0.5, 1.2]],
  ["rent", ["1.299,00 EUR", "999,00 EUR"], "numbers with decimal commas and thousands points, in EUR", [1299, 999]],
  ["rent", ["£1,200.50 pcm", "£950 pcm"], "numbers with thousands commas, in £ pcm", [1200.5, 950]],
  ["age", ["34y", "2y", "7y"], "numbers, in y", [34, 2, 7]],
  ["month", ["Jan", "Feb", "Mar"], "names", ["Jan", "Feb", "Mar"]],
  ["year", ["1987", "2003"], "numbers", [1987, 2003]],
  ["quarter", ["2024-Q1", "2024-Q2"], "months", ["2024-01-01", "2024-04-01"]],
  ["start", ["9:05", "10:30"], "times of day", ["09:05:00", "10:30:00"]],
  ["duration", ["1:02:03", "0:12:34"], "times of day", ["01:02:03", "00:12:34"]],
  [
    "published",
    ["2024-05-01T10:00:00.000+0000", "2024-05-01T11:00:00.000+0000"],
    "dates, year first, with times in UTC",
    ["2024-05-01T10:00Z", "2024-05-01T11:00Z"],
  ],
  ["sas", ["01MAY2024", "02JUN2024"], "dates, day before month", ["2024-05-01", "2024-06-02"]],
  ["mixed", ["2024-05-31", "31.05.2024"], "dates, day before month", ["2024-05-31", "2024-05-31"]],
  [
    "deleted_at",
    ["0000-00-00 00:00:00", "2024-05-31 10:00:00"],
    "dates, year first, with times",
    [null, "2024-05-31T10:00Z"],
  ],
  ["x", ["TRUE", "1", "0", "FALSE"], "yes or no", ["TRUE", "TRUE", "FALSE", "FALSE"]],
  ["width", ["########", "12.5", "13"], "numbers", [null, 12.5, 13]],
  ["hour", ["00", "01", "13"], "codes with leading zeros, kept as text", ["00", "01", "13"]],
  ["country_code", ["49", "1", "49", "1"], "codes, kept as text", ["49", "1", "49", "1"]],
  ["account balance", ["100", "200", "100", "200"], "numbers", [100, 200, 100, 200]],
  ["ISBN", ["9783161484100", "316148410X"], "names", ["9783161484100", "316148410X"]],
  [
    "card",
    ["4111111111111111", "5500000000000004", "4111111111111112"],
    "codes, kept as text",
    ["4111111111111111", "5500000000000004", "4111111111111112"],
  ],
  ["hex", ["0x1F", "0x2A"], "names", ["0x1F", "0x2A"]],
];

/** A day as 2024-05-31 or 2024-05-31T14:05Z, a time of day as 14:05:09, anything else as it is. */
function shown(value: number | string | null, as: string): number | string | null {
  if (typeof value !== "number") return value;
  if (Number.isNaN(value)) return null;
  const moment = (): string => new Date(Math.round(value * 86_400_000)).toISOString();
  if (as === "time") return moment().slice(11, 19);
  return as === "date" ? moment().replace("T00:00:00.000Z", "").replace(":00.000Z", "Z") : value;
}

test.each(columns)("%s: %j", (name, cells, how, values) => {
  const found = decided(cells, { name });
  expect(found.how).toBe(how);
  // a model keeps the reading as plain data
  expect(readColumnReading(JSON.parse(JSON.stringify(found.reading)), "reading")).toEqual(found.reading);
  expect(found.values.map((value) => shown(value, found.reading.as))).toEqual(values);
});
