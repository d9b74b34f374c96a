import { draws, many } from "../as-people-write-them/draws.ts";
import { comma, day, grouped } from "../as-people-write-them/dress.ts";
import type { ProfileFile } from "./profile-file.ts";
import { textOf } from "./row-table.ts";

const surnames = [
  "Abbing",
  "Backstrom",
  "Carlsson",
  "Davies",
  "Emanuel",
  "Ford",
  "Goodwin",
  "Hansen",
  "Icard",
  "Johnson",
];
const given = ["Anna", "Bertram", "Carla", "Daniel", "Elin", "Frank", "Greta", "Hugo", "Ida", "Jakob", "Lena"];

/** Passengers of a ship: cabins mostly missing, tickets of letters and digits, survivors as 0 and 1. */
function passengers(): ProfileFile {
  const random = draws(1);
  const rows = many(180, (i) => {
    const woman = random.chance(0.36);
    const cls = random.pick([1, 2, 3, 3]);
    return {
      PassengerId: i + 1,
      Survived: Number(random.chance(woman ? 0.74 : cls === 1 ? 0.37 : 0.16)),
      Pclass: cls,
      Name: `${random.pick(surnames)}, ${woman ? random.pick(["Mrs.", "Miss."]) : "Mr."} ${random.pick(given)} ${random.pick(given)} ${String.fromCharCode(65 + (i % 26))}`,
      Sex: woman ? "female" : "male",
      Age: random.chance(0.2) ? "" : random.chance(0.05) ? random.whole(2, 60) + 0.5 : random.whole(1, 70),
      SibSp: random.pick([0, 0, 0, 1, 1, 2, 4]),
      Ticket: random.pick([
        `A/5 ${random.whole(1000, 30_000)}`,
        `PC ${random.whole(17_000, 18_000)}`,
        String(random.whole(2000, 390_000)),
      ]),
      Fare: random.real(6.5, cls === 1 ? 260 : 40, 4),
      Cabin: random.chance(0.77) ? "" : `${random.pick(["A", "B", "C", "D", "E"])}${random.whole(1, 120)}`,
      Embarked: random.chance(0.02) ? "" : random.pick(["S", "S", "S", "C", "Q"]),
    };
  });
  return { name: "passengers.csv", content: textOf(rows), target: "Survived" };
}

/** A census: blanks behind commas, ? for unknown, a last dot on half of the incomes. */
function census(): ProfileFile {
  const random = draws(2);
  const rows = many(160, (i) => {
    const years = random.whole(5, 16);
    const gain = random.chance(0.08) ? random.whole(2000, 15_000) : 0;
    const rich = random.chance(years > 12 ? 0.45 : 0.15);
    return [
      random.whole(17, 85),
      random.chance(0.06) ? "?" : random.pick(["Private", "Private", "Self-emp-not-inc", "State-gov", "Local-gov"]),
      random.whole(20_000, 500_000),
      years,
      random.pick(["Married-civ-spouse", "Never-married", "Divorced", "Widowed"]),
      random.chance(0.06)
        ? "?"
        : random.pick(["Exec-managerial", "Craft-repair", "Sales", "Adm-clerical", "Other-service"]),
      random.pick(["Female", "Male"]),
      gain,
      random.pick([40, 40, 40, 20, 50, 60]),
      random.chance(0.02) ? "?" : random.pick(["United-States", "United-States", "Mexico", "Germany"]),
      `${rich ? ">50K" : "<=50K"}${i % 2 === 0 ? "" : "."}`,
    ].join(", ");
  });
  const header =
    "age, workclass, fnlwgt, education-num, marital-status, occupation, sex, capital-gain, hours-per-week, native-country, income";
  return { name: "census.csv", content: `${[header, ...rows].join("\n")}\n`, target: "income" };
}

/** Applications for credit without names of columns: letters, ? and classes + and -. */
function creditApplications(): ProfileFile {
  const random = draws(3);
  const rows = many(130, () => {
    const unknown = <T>(value: T): T | "?" => (random.chance(0.03) ? "?" : value);
    const good = random.chance(0.45);
    return [
      unknown(random.pick(["a", "b", "b"])),
      unknown(random.real(15, 76, 2).toFixed(2)),
      random.real(0, 26, 3),
      unknown(random.pick(["u", "u", "y"])),
      unknown(random.pick(["g", "g", "p"])),
      unknown(random.pick(["c", "q", "w", "i", "aa", "ff"])),
      random.pick(["t", "f"]),
      random.whole(0, 20),
      unknown(String(random.whole(0, 500)).padStart(5, "0")),
      random.chance(0.5) ? 0 : random.whole(1, 20_000),
      good ? "+" : "-",
    ].join(",");
  });
  const header = many(11, (i) => `A${i + 1}`).join(",");
  return { name: "credit-applications.csv", content: `${header}\n${rows.join("\n")}\n`, target: "A11" };
}

/** Customers of a German bank: semicolons, decimal commas, dates with points, ja and nein. */
function bankCustomers(): ProfileFile {
  const random = draws(4);
  const rows = many(150, (i) => ({
    Kundennummer: 100_200 + 7 * i,
    PLZ: String(random.pick([1067, 4109, 10_115, 50_667, 80_331, 20_095])).padStart(5, "0"),
    Geburtsdatum: day(
      new Date(Date.UTC(1950 + random.whole(0, 50), random.whole(0, 11), random.whole(1, 28)))
        .toISOString()
        .slice(0, 10),
      "DD.MM.YYYY",
    ),
    Saldo: grouped(random.real(-3000, 90_000, 2), { digits: 2, group: ".", point: "," }),
    Zinssatz: `${comma(random.real(0.5, 7, 2), 2)} %`,
    Familienstand: random.pick(["ledig", "verheiratet", "geschieden"]),
    Wohneigentum: random.pick(["ja", "nein"]),
    Telefon: random.chance(0.1) ? "" : `0${random.whole(30, 990)} ${random.whole(100_000, 999_999)}`,
    Kredit: random.pick(["genehmigt", "genehmigt", "abgelehnt"]),
  }));
  return { name: "bankkunden.csv", content: textOf(rows, { delimiter: ";", end: "\r\n" }), target: "Kredit" };
}

/** Visits of patients: several rows of each, -9 for what was not measured, blood pressure as two numbers. */
function patientVisits(): ProfileFile {
  const random = draws(5);
  const rows = many(140, () => {
    const patient = random.whole(1, 35);
    return {
      patient_id: `P${String(patient).padStart(4, "0")}`,
      visit: day(
        new Date(Date.UTC(2023, random.whole(0, 11), random.whole(1, 28))).toISOString().slice(0, 10),
        "DD-NAME-YYYY",
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
      ),
      blood_pressure: `${random.whole(100, 170)}/${random.whole(60, 105)}`,
      glucose: random.chance(0.12) ? -9 : random.whole(70, 210),
      hba1c: random.chance(0.1) ? "<4.0" : random.real(4, 11, 1).toFixed(1),
      smoker: random.pick(["Y", "N", "N", "U"]),
      icd: random.pick(["E11.9", "I10", "250.00", "E78.5"]),
      readmitted: patient % 3 === 0 ? "yes" : "no",
    };
  });
  return { name: "patient-visits.csv", content: textOf(rows), target: "readmitted" };
}

/** A survey: questions as names, answers on scales in words, several choices in a cell. */
function survey(): ProfileFile {
  const random = draws(6);
  const agree = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"];
  const rows = many(90, () => ({
    Timestamp: day(
      new Date(Date.UTC(2024, 4, random.whole(1, 28), random.whole(0, 23), random.whole(0, 59)))
        .toISOString()
        .slice(0, 19),
      "M/D/YYYY h:mm AP",
    ),
    "How old are you?": random.pick(["18-24", "25-34", "35-44", "45-54", "55+"]),
    "I enjoy my work.": random.pick(agree),
    "Which tools do you use? (several answers)": random.pick(["Python", "Python;R", "R", "Excel;Python", "Excel"]),
    "Would you recommend us?": random.pick(["Yes", "No", "yes", "Maybe"]),
    "Hours per week": random.pick(["40", "38", "35", "more than 45", "20"]),
    Comment: random.chance(0.6)
      ? ""
      : random.pick(["Great, thanks!", "n/a", "no", 'I like the "new" office', "nothing to add"]),
  }));
  return { name: "survey.csv", content: textOf(rows, { quoteAll: true }), target: "Would you recommend us?" };
}

/** Bookings of hotels: years, names of months and days in columns of their own, NULL as a word. */
function bookings(): ProfileFile {
  const random = draws(7);
  const months = "January February March April May June July August September October November December".split(" ");
  const rows = many(170, () => ({
    hotel: random.pick(["Resort Hotel", "City Hotel"]),
    is_canceled: Number(random.chance(0.37)),
    lead_time: random.whole(0, 420),
    arrival_date_year: random.pick([2015, 2016, 2017]),
    arrival_date_month: random.pick(months),
    arrival_date_day_of_month: random.whole(1, 31),
    children: random.chance(0.02) ? "NA" : random.pick([0, 0, 0, 1, 2]),
    country: random.chance(0.02) ? "NULL" : random.pick(["PRT", "GBR", "FRA", "ESP", "DEU"]),
    agent: random.chance(0.15) ? "NULL" : random.pick([9, 240, 1, 14, 7]),
    company: random.chance(0.94) ? "NULL" : random.pick([40, 223, 67]),
    adr: random.real(0, 250, 2),
    reservation_status_date: new Date(Date.UTC(2016, random.whole(0, 11), random.whole(1, 28)))
      .toISOString()
      .slice(0, 10),
  }));
  return { name: "hotel-bookings.csv", content: textOf(rows), target: "is_canceled" };
}

/** Staff of a company: salaries with dollars, years of service in words, a code of the department. */
function staff(): ProfileFile {
  const random = draws(8);
  const rows = many(120, (i) => ({
    "Employee ID": `E-${String(10_000 + i * 13)}`,
    Department: random.pick(["010", "020", "045", "110"]),
    Salary: `$${grouped(random.whole(38_000, 190_000))}`,
    Bonus: `${random.whole(0, 25)}%`,
    Hired: day(
      new Date(Date.UTC(2008 + random.whole(0, 15), random.whole(0, 11), random.whole(1, 28)))
        .toISOString()
        .slice(0, 10),
      "MM/DD/YYYY",
    ),
    "Years of service": `${random.whole(1, 15)} years`,
    Remote: random.pick(["TRUE", "FALSE"]),
    Rating: random.pick(["Exceeds", "Meets", "Needs Improvement"]),
    Left: random.pick(["No", "No", "No", "Yes"]),
  }));
  return { name: "staff.csv", content: textOf(rows), target: "Left" };
}

/** Games of chess: identifiers, moves as text, codes of openings, times of the clock. */
function chessGames(): ProfileFile {
  const random = draws(9);
  const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789".split("");
  const moves = ["e4", "e5", "Nf3", "Nc6", "Bb5", "a6", "d4", "d5", "c4", "O-O", "Nf6", "Bc4", "Qe2"];
  const rows = many(110, () => ({
    id: many(8, () => random.pick(letters)).join(""),
    rated: random.pick(["TRUE", "TRUE", "FALSE"]),
    created_at: 1_504_210_000_000 + random.whole(0, 90_000_000) * 10,
    turns: random.whole(4, 160),
    increment_code: random.pick(["10+0", "15+15", "5+5", "30+0"]),
    white_rating: random.whole(900, 2500),
    black_rating: random.whole(900, 2500),
    opening_eco: random.pick(["C20", "B01", "E04", "D00", "A00"]),
    moves: many(random.whole(8, 20), () => random.pick(moves)).join(" "),
    winner: random.pick(["white", "black", "draw"]),
  }));
  return { name: "chess-games.csv", content: textOf(rows), target: "winner" };
}

/** Pupils and their marks: semicolons and quotes, marks with a decimal comma, a mark of 0 for the absent. */
function pupils(): ProfileFile {
  const random = draws(10);
  const rows = many(100, () => ({
    school: random.pick(["GP", "MS"]),
    sex: random.pick(["F", "M"]),
    age: random.whole(15, 21),
    famsize: random.pick(["GT3", "LE3"]),
    Mjob: random.pick(["teacher", "health", "services", "at_home", "other"]),
    traveltime: random.whole(1, 4),
    internet: random.pick(["yes", "yes", "no"]),
    absences: random.chance(0.3) ? 0 : random.whole(1, 40),
    G1: comma(random.real(4, 18, 1), 1),
    G3: random.chance(0.08) ? 0 : random.whole(5, 20),
  }));
  return { name: "pupils.csv", content: textOf(rows, { delimiter: ";", quoteAll: true }), target: "G3" };
}

/** Files about people. */
export const people: readonly ProfileFile[] = [
  ...[passengers(), census(), creditApplications(), bankCustomers(), patientVisits()],
  ...[survey(), bookings(), staff(), chessGames(), pupils()],
];
