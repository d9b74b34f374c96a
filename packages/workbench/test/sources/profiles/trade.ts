import { draws, many } from "../as-people-write-them/draws.ts";
import { comma, day, grouped } from "../as-people-write-them/dress.ts";
import type { ProfileFile } from "./profile-file.ts";
import { dayIn, textOf } from "./row-table.ts";

/** Houses of a suburb, all numbers, one of them 0 and 1, the target cut off at 50. */
function suburbs(): ProfileFile {
  const random = draws(21);
  const rows = many(160, () => {
    const rm = random.real(4.5, 8.5, 3);
    return {
      CRIM: Number(Math.exp(random.normal()).toFixed(5)),
      ZN: random.chance(0.7) ? 0 : random.whole(10, 95),
      INDUS: random.real(0.5, 27, 2),
      CHAS: Number(random.chance(0.08)),
      NOX: random.real(0.38, 0.87, 3),
      RM: rm,
      AGE: random.real(3, 100, 1),
      TAX: random.pick([666, 307, 403, 222, 277]),
      LSTAT: random.real(2, 37, 2),
      MEDV: Math.min(50, Number((9 * rm - 34 + 4 * random.normal()).toFixed(1))),
    };
  });
  return { name: "suburbs.csv", content: textOf(rows), target: "MEDV" };
}

/** Sold houses: NA means that there is no garage, alley or basement, and in one column that nobody knows. */
function soldHouses(): ProfileFile {
  const random = draws(22);
  const rows = many(150, (i) => ({
    Id: i + 1,
    MSSubClass: random.pick([20, 60, 50, 120]),
    MSZoning: random.pick(["RL", "RL", "RM", "FV"]),
    LotFrontage: random.chance(0.17) ? "NA" : random.whole(21, 120),
    LotArea: random.whole(1300, 40_000),
    Alley: random.chance(0.93) ? "NA" : random.pick(["Grvl", "Pave"]),
    BsmtQual: random.pick(["NA", "Gd", "TA", "TA", "Ex"]),
    GarageType: random.chance(0.06) ? "NA" : random.pick(["Attchd", "Detchd", "BuiltIn"]),
    GarageYrBlt: random.chance(0.06) ? "NA" : random.whole(1920, 2010),
    PoolQC: random.chance(0.98) ? "NA" : "Gd",
    Fireplaces: random.whole(0, 3),
    SaleCondition: random.pick(["Normal", "Normal", "Normal", "Abnorml", "Partial"]),
    SalePrice: Math.round(Math.exp(12 + 0.4 * random.normal())),
  }));
  return { name: "sold-houses.csv", content: textOf(rows), target: "SalePrice" };
}

/** Orders of a shop in America: dollars with commas, dates month first, zips, blanks. */
function shopOrders(): ProfileFile {
  const random = draws(23);
  const rows = many(160, (i) => ({
    "Order #": `US-${2024}-${String(100_001 + i)}`,
    "Order Date": day(dayIn(2024, random.whole(0, 365)), "M/D/YYYY"),
    "Ship Date": day(dayIn(2024, random.whole(0, 365)), "M/D/YY"),
    "Postal Code": random.pick(["02138", "10024", "90036", "60610", "77095"]),
    Segment: random.pick(["Consumer", "Corporate", "Home Office"]),
    Quantity: random.whole(1, 14),
    Discount: random.pick(["0%", "10%", "20%", "70%"]),
    Sales: `$${grouped(random.real(3, 5000, 2), { digits: 2 })}`,
    Profit: random.chance(0.3)
      ? `($${grouped(random.real(1, 900, 2), { digits: 2 })})`
      : `$${grouped(random.real(1, 1900, 2), { digits: 2 })}`,
    Returned: random.pick(["Yes", "No", "No", "No"]),
  }));
  return { name: "shop-orders.csv", content: textOf(rows), target: "Profit" };
}

/** Prices of a share, day by day, with volumes as 1.2M and changes in percent with signs. */
function sharePrices(): ProfileFile {
  const random = draws(24);
  let price = 140;
  const rows = many(130, (i) => {
    const change = 1.5 * random.normal();
    price *= 1 + change / 100;
    const quiet = random.chance(0.2);
    return {
      Date: day(
        new Date(Date.UTC(2024, 0, 2 + Math.floor(i / 5) * 7 + (i % 5))).toISOString().slice(0, 10),
        "NAME DD, YYYY",
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
      ),
      Price: price.toFixed(2),
      Open: (price * (1 + 0.004 * random.normal())).toFixed(2),
      "Vol.": quiet ? `${random.real(400, 999, 2).toFixed(2)}K` : `${random.real(1, 90, 2).toFixed(2)}M`,
      "Change %": `${change >= 0 ? "+" : ""}${change.toFixed(2)}%`,
    };
  });
  return { name: "share-prices.csv", content: textOf(rows.toReversed(), { quoteAll: true }), target: "Price" };
}

/** Rents in France: euros, spaces in numbers, square meters, postal codes with zeros. */
function rents(): ProfileFile {
  const random = draws(25);
  const rows = many(120, () => ({
    adresse: `${random.whole(1, 120)} rue ${random.pick(["Victor Hugo", "de la Paix", "des Lilas", "Jean Jaurès"])}`,
    "code postal": random.pick(["01000", "06000", "75011", "69003", "13005"]),
    département: random.pick(["01", "2A", "75", "69", "13"]),
    surface: `${comma(random.real(14, 130, 1), 1)} m²`,
    loyer: `${grouped(random.real(380, 3200, 2), { digits: 2, group: "\u202f", point: "," })} €`,
    "disponible le": day(
      dayIn(2024, random.whole(0, 365)),
      "D NAME YYYY",
      "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" "),
    ),
    meublé: random.pick(["oui", "non"]),
  }));
  return { name: "loyers.csv", content: textOf(rows, { delimiter: ";" }), target: "loyer" };
}

/** Cars for sale: miles, liters per 100 km and cubic centimeters in the cells, names of makers in several cases. */
function usedCars(): ProfileFile {
  const random = draws(26);
  const rows = many(140, () => ({
    Brand: random.pick(["Toyota", "toyota", "BMW", "Ford", "FORD", "Škoda"]),
    Year: random.whole(1998, 2024),
    Kilometers: grouped(random.whole(1000, 280_000)),
    Fuel: random.pick(["Petrol", "Diesel", "Electric"]),
    Mileage: random.chance(0.1) ? "null" : `${random.real(9, 28, 2)} kmpl`,
    Engine: `${random.pick([998, 1197, 1498, 1998, 2993])} CC`,
    Power: random.chance(0.05) ? "null bhp" : `${random.real(50, 300, 1)} bhp`,
    Seats: random.pick(["4", "5", "5", "7"]),
    Price: random.chance(0.5) ? `${random.real(1.2, 9.9, 1)} Lakh` : `${random.real(10, 60, 2)} Lakh`,
  }));
  return { name: "used-cars.csv", content: textOf(rows), target: "Price" };
}

/** Films: dates of release, money in full dollars, lists of genres as JSON in cells, zeros for unknown money. */
function films(): ProfileFile {
  const random = draws(27);
  const genre = [
    [18, "Drama"],
    [35, "Comedy"],
    [28, "Action"],
  ] as const;
  const rows = many(100, (i) => ({
    budget: random.chance(0.2) ? 0 : random.whole(1, 250) * 1_000_000,
    genres: JSON.stringify(genre.slice(i % 2, 1 + (i % 3)).map(([id, name]) => ({ id, name }))),
    original_language: random.pick(["en", "en", "en", "fr", "ja"]),
    popularity: random.real(0.1, 150, 6),
    release_date: random.chance(0.02) ? "" : dayIn(1990 + random.whole(0, 30), random.whole(0, 364)),
    runtime: `${random.whole(1, 2)}h ${random.whole(0, 59)}min`,
    title: `The ${random.pick(["Last", "Great", "Hidden", "Blue"])} ${random.pick(["River", "City", "Game", "Door"])} ${i}`,
    vote_average: random.real(3, 9, 1),
    revenue: random.chance(0.2) ? 0 : Math.round(Math.exp(17 + 1.4 * random.normal())),
  }));
  return { name: "films.csv", content: textOf(rows), target: "revenue" };
}

/** Apps of a store: installs as 10,000+, sizes in M and k, "Varies with device". */
function apps(): ProfileFile {
  const random = draws(28);
  const rows = many(120, (i) => ({
    App: `${random.pick(["Photo", "Note", "Run", "Math"])} ${random.pick(["Master", "Lite", "Pro"])} ${i}`,
    Category: random.pick(["TOOLS", "GAME", "FAMILY", "BUSINESS"]),
    Rating: random.chance(0.12) ? "NaN" : random.real(2, 5, 1).toFixed(1),
    Reviews: Math.round(Math.exp(random.real(1, 14, 3))),
    Size: random.chance(0.15)
      ? "Varies with device"
      : random.chance(0.1)
        ? `${random.whole(20, 900)}k`
        : `${random.real(1, 99, 1)}M`,
    Installs: `${grouped(random.pick([100, 1000, 10_000, 1_000_000, 5_000_000]))}+`,
    Price: random.chance(0.9) ? "0" : `$${random.real(0.99, 9.99, 2)}`,
    "Last Updated": day(
      dayIn(2018, random.whole(0, 200)),
      "NAME D, YYYY",
      "January February March April May June July August September October November December".split(" "),
    ),
    "Android Ver": random.pick(["4.0.3 and up", "4.4 and up", "Varies with device"]),
  }));
  return { name: "apps.csv", content: textOf(rows), target: "Rating" };
}

/** Calls of a bank's campaign: unknown as a word in many columns, 999 for never called, yes and no as target. */
function campaign(): ProfileFile {
  const random = draws(29);
  const rows = many(170, () => ({
    age: random.whole(18, 90),
    job: random.pick(["admin.", "blue-collar", "technician", "retired", "unknown"]),
    marital: random.pick(["married", "single", "divorced"]),
    default: random.pick(["no", "no", "unknown"]),
    balance: random.whole(-900, 9000),
    contact: random.pick(["cellular", "telephone"]),
    month: random.pick(["may", "jun", "jul", "nov"]),
    duration: random.whole(5, 1500),
    pdays: random.chance(0.9) ? 999 : random.whole(0, 20),
    "emp.var.rate": random.pick([1.1, 1.4, -1.8, -0.1]),
    y: random.pick(["no", "no", "no", "yes"]),
  }));
  return { name: "campaign.csv", content: textOf(rows, { delimiter: ";", quoteAll: true }), target: "y" };
}

/** Loans: terms in words, rates in percent, years of work as "10+ years", n/a, money without marks. */
function loans(): ProfileFile {
  const random = draws(30);
  const rows = many(150, () => ({
    loan_amnt: random.whole(10, 350) * 100,
    term: random.pick([" 36 months", " 60 months"]),
    int_rate: `${random.real(5, 25, 2).toFixed(2)}%`,
    grade: random.pick(["A", "B", "C", "D"]),
    emp_length: random.pick(["10+ years", "< 1 year", "1 year", "3 years", "n/a"]),
    annual_inc: random.whole(18, 240) * 1000,
    issue_d: random.pick(["Dec-11", "Nov-11", "Jan-12"]),
    zip_code: random.pick(["860xx", "309xx", "606xx"]),
    dti: random.real(0, 30, 2),
    revol_util: random.chance(0.03) ? "" : `${random.real(0, 99, 1)}%`,
    loan_status: random.pick(["Fully Paid", "Fully Paid", "Charged Off"]),
  }));
  return { name: "loans.csv", content: textOf(rows), target: "loan_status" };
}

/** Files about trade. */
export const trade: readonly ProfileFile[] = [
  ...[suburbs(), soldHouses(), shopOrders(), sharePrices(), rents()],
  ...[usedCars(), films(), apps(), campaign(), loans()],
];
