import { describe, expect, it } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { applyPreparation, preparedInputs, preparedTargets, restoreTargets } from "../../src/data/apply-preparation.ts";
import { featureNames, wantedColumns } from "../../src/data/preparation.ts";
import { prepare } from "../../src/data/prepare.ts";
import { preparationFrom } from "../../src/data/read-preparation.ts";
import { categoryColumn, numberColumn, table, takeTable } from "../../src/data/table.ts";
import { thrown } from "./thrown.ts";

const nan = Number.NaN;
const train = table(
  [
    numberColumn("mass", [1, 3, 1, 3]),
    numberColumn("length", [10, nan, 30, 20]),
    categoryColumn("sex", ["f", "m", null, "f"], ["f", "m", "x"]),
    numberColumn("flat", [5, 5, 5, 5]),
  ],
  categoryColumn("species", ["cat", "dog", "cat", "dog"], ["cat", "dog", "emu"]),
);
const preparation = prepare.fit(train, { scaling: "standardize" });

describe("prepare", () => {
  it("is plain data, learned from the training part", () => {
    expect(preparation).toEqual({
      kind: "preparation",
      task: "classification",
      columns: [
        { kind: "number", name: "mass", center: 2, spread: 1, indicator: false },
        { kind: "number", name: "length", center: 20, spread: Math.sqrt(200 / 3), indicator: true },
        { kind: "category", name: "sex", levels: ["f", "m"] },
        { kind: "constant", name: "flat" },
      ],
      target: { kind: "classes", name: "species", classes: ["cat", "dog", "emu"] },
    });
    expect(featureNames(preparation)).toEqual(["mass", "length", "length is missing", "sex=f", "sex=m", "sex=unknown"]);
    expect(wantedColumns(preparation)).toEqual([
      { name: "mass", kind: "number" },
      { name: "length", kind: "number" },
      { name: "sex", kind: "category", levels: ["f", "m"] },
    ]);
  });

  it("turns rows into numbers: standardized, imputed with an indicator, one slot a level", () => {
    const examples = applyPreparation(preparation, train);
    const unit = Math.fround(10 / Math.sqrt(200 / 3));
    expect(examples.inputs.shape).toEqual([4, 6]);
    expect([...examples.inputs.data]).toEqual(
      [
        [-1, -unit, 0, 1, 0, 0],
        [1, 0, 1, 0, 1, 0],
        [-1, unit, 0, 0, 0, 1],
        [1, 0, 0, 1, 0, 0],
      ].flat(),
    );
    expect(examples.targets).toEqual({ dtype: "int32", shape: [4], data: Int32Array.of(0, 1, 0, 1) });
    expect(examples.classes).toEqual(["cat", "dog", "emu"]);
  });

  it("sends unseen levels to the unknown slot and missing numbers to the mean where training had none", () => {
    const later = table([
      categoryColumn("sex", ["x", "new", "m"]),
      numberColumn("length", [20, 20, 20]),
      numberColumn("extra", [0, 0, 0]),
      numberColumn("mass", [nan, 2, 4]),
    ]);
    expect([...preparedInputs(preparation, later).data]).toEqual([
      0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0,
    ]);
  });

  it("G4 a row gives the same numbers alone or in a batch", () => {
    const together = applyPreparation(preparation, train);
    for (let row = 0; row < 4; row++) {
      const alone = applyPreparation(preparation, takeTable(train, [row]));
      expect(alone.inputs.data).toEqual(together.inputs.data.slice(row * 6, row * 6 + 6));
      expect(alone.targets.data).toEqual(together.targets.data.slice(row, row + 1));
    }
  });

  it("standardizes regression targets and brings predictions back", () => {
    const numbers = table([numberColumn("x", [1, 2, 3])], numberColumn("price", [100, 200, 300]));
    const found = prepare.fit(numbers);
    expect(found.task).toBe("regression");
    const { targets } = applyPreparation(found, numbers);
    expect(targets.shape).toEqual([3, 1]);
    expect(targets.dtype).toBe("float32");
    expect(targets.data[1]).toBe(0);
    const restored = restoreTargets(found, targets);
    expect(restored.shape).toEqual([3, 1]);
    [100, 200, 300].forEach((price, row) => {
      expect(restored.data[row]).toBeCloseTo(price, 4);
    });
  });

  it("takes classes from whole numbers when told to classify, in numeric order", () => {
    const digits = table([numberColumn("x", [1, 2, 3])], numberColumn("digit", Int32Array.of(10, 2, 2)));
    const found = prepare.fit(digits, { task: "classification" });
    expect(found.target).toEqual({ kind: "classes", name: "digit", classes: ["2", "10"] });
    expect(preparedTargets(found, digits).data).toEqual(Int32Array.of(1, 0, 0));
  });

  it("scales an image-like column as a block and keeps its shape when it stands alone", () => {
    const images = table(
      [numberColumn("image", ndarray([0, 0, 4, 4, 0, 4, 0, 4], [2, 2, 2]))],
      categoryColumn("c", ["a", "b"]),
    );
    const found = prepare.fit(images);
    expect(found.columns).toEqual([{ kind: "block", name: "image", shape: [2, 2], center: 2, spread: 2 }]);
    const { inputs } = applyPreparation(found, images);
    expect(inputs.shape).toEqual([2, 2, 2]);
    expect([...inputs.data]).toEqual([-1, -1, 1, 1, -1, 1, -1, 1]);
  });

  it("comes back from JSON unchanged", () => {
    expect(preparationFrom(JSON.parse(JSON.stringify(preparation)))).toEqual(preparation);
  });

  it("calls nonsense damaged, with the path and what stands there", () => {
    const broken: readonly (readonly [unknown, string])[] = [
      [7, "preparation: expected an object, found 7"],
      [
        { ...preparation, task: "guess" },
        'preparation.task: expected "classification", "regression" or "multitask", found "guess"',
      ],
      [
        { ...preparation, columns: [{ kind: "number", name: "x", center: null, spread: 1, indicator: false }] },
        "columns[0].center: expected a number, found null",
      ],
      [
        { ...preparation, columns: [{ kind: "number", name: "x", center: 0, spread: -1, indicator: false }] },
        "found -1",
      ],
      [{ ...preparation, columns: [{ kind: "magic", name: "x" }] }, 'found "magic"'],
      [
        { ...preparation, columns: [{ kind: "category", name: "x", levels: ["a", 3] }] },
        "levels[1]: expected a text, found 3",
      ],
      [{ ...preparation, columns: [{ kind: "block", name: "x", shape: [0], center: 0, spread: 1 }] }, "shape[0]"],
      [{ ...preparation, target: { kind: "number", name: "y", mean: 0, deviation: 1 } }, "a target for classification"],
      [{ ...preparation, target: undefined }, "preparation.target: expected an object, found nothing"],
    ];
    for (const [json, part] of broken) {
      const error = thrown(() => preparationFrom(json));
      expect(error.code).toBe("model/damaged");
      expect(error.message).toContain(part);
    }
  });

  it("says what keeps a table from being prepared", () => {
    const cases = [
      [() => prepare.fit(table([numberColumn("x", [1, 2])])), "data/no-target", "no target"],
      [
        () => prepare.fit(table([numberColumn("x", [1, 1])], categoryColumn("c", ["a", "b"]))),
        "data/no-inputs",
        "2 training rows",
      ],
      [() => prepare.fit(table([numberColumn("x", [1, 2])], categoryColumn("c", ["a", "a"]))), "data/one-class", "(a)"],
      [() => prepare.fit(table([numberColumn("x", [1, 2])], numberColumn("y", [4, 4]))), "data/one-value", "y is 4"],
      [
        () => prepare.fit(table([numberColumn("x", [1, Infinity])], categoryColumn("c", ["a", "b"]))),
        "data/infinite",
        "row 1: Infinity",
      ],
      [() => prepare.fit(train, { task: "regression" }), "data/not-numeric", "species"],
      [() => preparedInputs(preparation, table([numberColumn("mas", [1])])), "data/missing-column", '"mass"'],
      [
        () => preparedInputs(preparation, table([categoryColumn("mass", ["heavy"])])),
        "data/column-kind",
        "column mass",
      ],
      [
        () => preparedTargets(preparation, table([], categoryColumn("species", ["cta"]))),
        "data/unknown-class",
        '"cta"',
      ],
      [
        () => preparedTargets(preparation, table([], categoryColumn("species", ["cat", null]))),
        "data/missing",
        "row 1",
      ],
    ] as const;
    for (const [action, code, part] of cases) {
      const error = thrown(action);
      expect(error.code).toBe(code);
      expect(error.message).toContain(part);
    }
  });
});
