"""Makes benchmarks/results/tables from Debian's R packages, example data of this repository, and formulas.

Needed once, by whoever adds a table: `npm run results` reads what this wrote. With R (r-base-core), the packages of
DEBIAN unpacked below a folder R_LIBRARY (apt-get download r-cran-NAME; dpkg -x FILE.deb R_LIBRARY), pandas and numpy:

    R_LIBRARY=/tmp/r python3 benchmarks/results/tables.py

Every table is as its source has it: missing values are empty cells, categories stay words, rows keep their order. Rows
without a target are left out, and so is what SOURCES.md says. `sample` rows are those with the lowest hashes.
"""

import gzip
import hashlib
import io
import json
import math
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
OUT = HERE / "tables"
EXAMPLES = HERE.parent.parent / "examples" / "data"

UCI = "CC BY 4.0"
GPL2 = "GPL-2"
GPL2_OR_3 = "GPL-2 or GPL-3"

# name: package, R expression of the data frame, target, task, columns left out, rows kept, licence, source
FROM_R = {
    "glass": ("mlbench", "Glass", "Type", "classification", [], None, UCI, "UCI Machine Learning Repository, Glass Identification (B. German, 1987)"),
    "sonar": ("mlbench", "Sonar", "Class", "classification", [], None, UCI, "UCI Machine Learning Repository, Connectionist Bench: Sonar, Mines vs. Rocks (Sejnowski, Gorman)"),
    "vehicle": ("mlbench", "Vehicle", "Class", "classification", [], None, UCI, "UCI Machine Learning Repository, Statlog: Vehicle Silhouettes (Mowforth, Shepherd, 1987)"),
    "pima": ("mlbench", "PimaIndiansDiabetes2", "diabetes", "classification", [], None, GPL2, "National Institute of Diabetes and Digestive and Kidney Diseases, 1990, as corrected in mlbench: impossible zeros are missing"),
    "soybean": ("mlbench", "Soybean", "Class", "classification", [], None, UCI, "UCI Machine Learning Repository, Soybean (Large) (Michalski, Chilausky, 1980)"),
    "vowel": ("mlbench", "Vowel", "Class", "classification", ["V1"], None, UCI, "UCI Machine Learning Repository, Connectionist Bench: Vowel Recognition (Deterding, Niranjan, Robinson); the speaker is left out"),
    "satellite": ("mlbench", "Satellite", "classes", "classification", [], None, UCI, "UCI Machine Learning Repository, Statlog: Landsat Satellite (Srinivasan, 1993)"),
    "spam": ("kernlab", "spam", "type", "classification", [], 2000, UCI, "UCI Machine Learning Repository, Spambase: shares of words and characters in e-mails (Hopkins, Reeber, Forman, Suermondt, 1999)"),
    "boston": ("mlbench", "BostonHousing", "medv", "regression", [], None, GPL2, "Harrison, Rubinfeld, Hedonic prices and the demand for clean air, 1978; StatLib"),
    "ozone": ("mlbench", "Ozone", "V4", "regression", [], None, GPL2, "Breiman, Friedman, Estimating optimal transformations for multiple regression and correlation, 1985"),
    "servo": ("mlbench", "Servo", "Class", "regression", [], None, UCI, "UCI Machine Learning Repository, Servo (Ulrich, 1986)"),
    "concrete": ("modeldata", "concrete", "compressive_strength", "regression", [], None, UCI, "UCI Machine Learning Repository, Concrete Compressive Strength (Yeh, 1998)"),
    "attrition": ("modeldata", "attrition", "Attrition", "classification", [], None, "MIT", "IBM Watson Analytics, employee attrition (fictional), in modeldata (Kuhn)"),
    "credit": ("modeldata", "credit_data", "Status", "classification", [], 2500, "MIT", "credit data of L. Belanche's course in Barcelona, in modeldata (Kuhn)"),
    "ames": ("modeldata", "ames", "Sale_Price", "regression", [], None, "MIT", "De Cock, Ames, Iowa: alternative to the Boston housing data, 2011, in modeldata (Kuhn)"),
    "sacramento": ("modeldata", "Sacramento", "price", "regression", [], None, "MIT", "Sacramento Bee, home sales of five days in 2008, in modeldata (Kuhn)"),
    "tate": ("modeldata", "tate_text", "year", "regression", ["id"], 2000, "CC0 1.0", "Tate Collection metadata, in modeldata (Kuhn)"),
    "meats": ("modeldata", "meats", "fat", "regression", ["water", "protein"], None, "MIT", "Tecator Infratec spectra (Thodberg 1993; StatLib), in modeldata (Kuhn)"),
    "diamonds": ("ggplot2", "diamonds", "price", "regression", [], 2500, "MIT", "prices of round cut diamonds, in ggplot2 (Wickham)"),
    "titanic": ("carData", "TitanicSurvival", "survived", "classification", [], None, "GPL-2 or later", "passengers of the Titanic, Harrell, in carData (Fox, Weisberg, Price)"),
    "visits": ("AER", "DoctorVisits", "visits", "regression", [], None, GPL2_OR_3, "Australian Health Survey 1977-78 (Cameron, Trivedi, 1986), in AER (Kleiber, Zeileis)"),
    "nox": ("robustbase", "NOxEmissions", "LNOx", "regression", [], None, "GPL-2 or later", "hourly NOx at a motorway near Zurich, 1993 (Stahel), in robustbase (Maechler and others)"),
}
ORDERED = {"nox", "weather"}  # rows in the order of time: the last ones are the test rows


def digest(text: str) -> int:
    """The first four bytes of the SHA-256 of a text, as an unsigned integer."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def sampled(frame: pd.DataFrame, name: str, rows: int | None) -> pd.DataFrame:
    """The `rows` rows whose hash is lowest, in their own order."""
    if rows is None or rows >= len(frame):
        return frame
    kept = sorted(sorted(range(len(frame)), key=lambda row: digest(f"{name}:sample:{row}"))[:rows])
    return frame.iloc[kept]


def from_r(package: str, name: str) -> pd.DataFrame:
    library = Path(os.environ["R_LIBRARY"]) / "usr/lib/R"
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        code = (
            f'for (lib in c("{library}/site-library", "{library}/library")) if (dir.exists(file.path(lib, "{package}")))'
            f' data("{name}", package = "{package}", lib.loc = lib);'
            f'write.csv(as.data.frame({name}), "{file.name}", row.names = FALSE, na = "", fileEncoding = "UTF-8")'
        )
        subprocess.run(["Rscript", "-e", code], check=True, capture_output=True)
        return pd.read_csv(file.name, dtype=str, keep_default_na=False)


def friedman1(random: np.random.Generator) -> pd.DataFrame:
    """y = 10 sin(pi x1 x2) + 20 (x3 - 0.5)^2 + 10 x4 + 5 x5 + e, x1..x10 uniform in [0, 1], e normal with sd 1."""
    x = random.uniform(size=(500, 10))
    y = 10 * np.sin(math.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    frame = pd.DataFrame(x.round(5), columns=[f"x{i + 1}" for i in range(10)])
    return frame.assign(y=(y + random.normal(size=500)).round(4)).astype(str)


def spirals(random: np.random.Generator) -> pd.DataFrame:
    """Two spirals of 1.5 turns: radius t, angle 3 pi t (+ pi for b), t = sqrt(uniform), noise of sd 0.04 on both inputs."""
    t = np.sqrt(random.uniform(size=600))
    kind = np.arange(600) % 2
    angle = 3 * math.pi * t + math.pi * kind
    noise = random.normal(scale=0.04, size=(2, 600))
    return pd.DataFrame(
        {
            "x": (t * np.cos(angle) + noise[0]).round(5).astype(str),
            "y": (t * np.sin(angle) + noise[1]).round(5).astype(str),
            "arm": np.where(kind == 0, "a", "b"),
        }
    )


def checkerboard(random: np.random.Generator) -> pd.DataFrame:
    """Four by four fields of two colors on the unit square, two inputs of pure noise, 5 % of the colors turned over."""
    x = random.uniform(size=(900, 4))
    black = (np.floor(x[:, 0] * 4) + np.floor(x[:, 1] * 4)) % 2 == 1
    black ^= random.uniform(size=900) < 0.05
    frame = pd.DataFrame(x.round(5), columns=["x", "y", "noise1", "noise2"]).astype(str)
    return frame.assign(color=np.where(black, "black", "white"))


def noisy_linear(random: np.random.Generator) -> pd.DataFrame:
    """y = 3 x1 - 2 x2 + x3 + e, x1..x12 normal, e normal with sd 4: the best possible 1 - R2 is 16 / 30."""
    x = random.normal(size=(400, 12))
    y = 3 * x[:, 0] - 2 * x[:, 1] + x[:, 2] + random.normal(scale=4, size=400)
    frame = pd.DataFrame(x.round(4), columns=[f"x{i + 1}" for i in range(12)])
    return frame.assign(y=y.round(4)).astype(str)


GENERATED = {
    "friedman1": (friedman1, 101, "y", "regression"),
    "spirals": (spirals, 102, "arm", "classification"),
    "checkerboard": (checkerboard, 103, "color", "classification"),
    "linear": (noisy_linear, 104, "y", "regression"),
}


def from_vega(name: str) -> pd.DataFrame:
    path = Path(os.environ["VEGA_DATASETS"]) / "data"
    if name.endswith(".csv"):
        return pd.read_csv(path / name, dtype=str, keep_default_na=False)
    rows = json.loads((path / name).read_text())
    text = lambda value: "" if value is None else str(value)
    return pd.DataFrame([{key: text(value) for key, value in row.items()} for row in rows])


def tables():
    """Every table: name, frame, target, task, licence, source, package."""
    for name, (package, data, target, task, out, rows, licence, source) in FROM_R.items():
        frame = from_r(package, data).drop(columns=out)
        yield name, sampled(frame, name, rows), target, task, licence, source, f"Debian r-cran-{package.lower()}"
    for name, (make, seed, target, task) in GENERATED.items():
        yield name, make(np.random.Generator(np.random.PCG64(seed))), target, task, "MIT (this repository)", f"{make.__doc__} numpy PCG64, seed {seed}", "generated"
    yield "penguins", pd.read_csv(EXAMPLES / "penguins.csv", dtype=str, keep_default_na=False), "species", "classification", "CC0 1.0", "Gorman, Williams, Fraser, Palmer Archipelago penguins, 2014", "examples/data"
    yield "digits", pd.read_csv(EXAMPLES / "digits.csv", dtype=str, keep_default_na=False), "digit", "classification", UCI, "UCI Machine Learning Repository, Optical Recognition of Handwritten Digits (Alpaydin, Kaynak, 1998), test part", "examples/data"
    yield "cars", from_vega("cars.json"), "Miles_per_Gallon", "regression", UCI, "UCI Machine Learning Repository, Auto MPG (Quinlan, 1993)", "npm vega-datasets 3.2.1"
    yield "weather", from_vega("seattle-weather.csv"), "weather", "classification", "public domain (US government)", "NOAA, daily weather in Seattle 2012-2015", "npm vega-datasets 3.2.1"
    yield "movies", from_vega("movies.json"), "IMDB Rating", "regression", "none given: fetched, not shipped", "movies of vega-datasets (Rotten Tomatoes, IMDB, The Numbers)", "npm vega-datasets 3.2.1"


def half_of(name: str, salt: int) -> str:
    return "choosing" if digest(f"half {salt}:{name}") % 2 == 0 else "reporting"


def test_rows(name: str, rows: int) -> list[bool]:
    share = 0.3 if rows < 1000 else 0.25
    if name in ORDERED:
        return [row >= round(rows * (1 - share)) for row in range(rows)]
    return [digest(f"{name}:{row}") < share * 2**32 for row in range(rows)]


def main() -> None:
    entries = []
    for name, frame, target, task, licence, source, package in tables():
        frame = frame[frame[target] != ""].reset_index(drop=True)
        text = frame.to_csv(index=False, lineterminator="\n")
        shipped = name != "movies"
        folder = OUT if shipped else Path(os.environ.get("UNSHIPPED", tempfile.gettempdir()))
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, compresslevel=9) as file:
            file.write(text.encode())
        (folder / f"{name}.csv.gz").write_bytes(buffer.getvalue())
        classes = frame[target].value_counts(normalize=True)
        entries.append(
            {
                "name": name, "rows": len(frame), "inputs": frame.shape[1] - 1, "target": target, "task": task,
                **({"classes": len(classes), "majority": round(float(classes.iloc[0]), 4)} if task == "classification" else {}),
                "missing": int((frame == "").sum().sum()), "ordered": name in ORDERED,
                "licence": licence, "source": source, "package": package, "shipped": shipped, "bytes": len(buffer.getvalue()),
            }
        )
    names = sorted(entry["name"] for entry in entries)
    task_of = {entry["name"]: entry["task"] for entry in entries}
    # The first salt that puts 45 to 55 % of all tables, and of each task, into each half: settled before any training.
    def balanced(salt: int) -> bool:
        chosen = [name for name in names if half_of(name, salt) == "choosing"]
        regression = [name for name in names if task_of[name] == "regression"]
        share = len(chosen) / len(names)
        within = len([name for name in chosen if name in regression]) / len(regression)
        return 0.45 <= share <= 0.55 and 0.4 <= within <= 0.6
    salt = next(salt for salt in range(1, 1000) if balanced(salt))
    for entry in entries:
        entry["half"] = half_of(entry["name"], salt)
    entries.sort(key=lambda entry: entry["name"])
    lines = ",\n    ".join(json.dumps(entry) for entry in entries)
    (OUT / "tables.json").write_text(f'{{\n  "salt": {salt},\n  "tables": [\n    {lines}\n  ]\n}}\n')

    write_sources(entries)


def write_sources(entries: list[dict]) -> None:
    """SOURCES.md: what each table is, where it is from, and under which licence it may be passed on."""
    rows = "\n".join(
        f"| `{entry['name']}` | {entry['rows']:,} x {entry['inputs']} | `{entry['target']}` | {entry['half']} | {entry['licence']} | {entry['source']}; by {entry['package']} |"
        for entry in entries
    )
    (OUT / "SOURCES.md").write_text(
        f"""# Tables of the benchmark of results

Made by [tables.py](../tables.py), unchanged from their sources: missing values are empty cells, categories stay words, rows
keep their order. Left out are rows without a target, numbers of rows (`tate`), the speaker of `vowel`, and two of three
targets of `meats`. `credit`, `diamonds`, `spam` and `tate` are samples of the larger tables, by a hash of the row.

A row is a test row where a hash of the table's name and the row's number says so (30% below 1,000 rows, else 25%); in `nox`
and `weather`, whose rows are in the order of time, the last rows are. Which half a table belongs to is a hash of its name,
salted with the first number that puts about half of all tables and of each task into either half; that was settled
before anything was trained. The data files keep their own licences, named here; the licence of the repository is not theirs.

| Table | Rows x inputs | Target | Half | Licence | Source |
|---|---|---|---|---|---|
{rows}

UCI: Dua, Graff, UCI Machine Learning Repository, 2019; its data sets are under CC BY 4.0. `movies` is not in the repository,
since nobody gives a licence for it: `npm run results` makes it of the npm package vega-datasets and leaves it out where
that cannot be fetched. Text is there as titles (`tate`, `movies`) and as shares of words (`spam`): nabla has no inputs for
running text, and leaves such columns out.
"""
    )


if __name__ == "__main__":
    main()
