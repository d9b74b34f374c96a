/** What a Keras configuration says is read or refused by name; models are given in TensorFlow.js's format, byte by byte. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import type { NablaError } from "../../src/base/error.ts";
import { attributes } from "../../src/exchange/keras/attributes.ts";
import { readers } from "../../src/exchange/keras/readers.ts";
import type { ImportedModel } from "../../src/exchange/model-json.ts";
import { readTfjs } from "../../src/exchange/tfjs/tfjs.ts";
import { predict } from "../../src/train/trained.ts";

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Config = Readonly<Record<string, unknown>>;

function read(modelTopology: unknown, stored: readonly Stored[] = [], more = 0): Promise<ImportedModel> {
  const weights = stored.map(({ name, shape }) => ({ name, shape, dtype: "float32" }));
  const file = { modelTopology, weightsManifest: [{ paths: ["./w.bin"], weights }] };
  const bytes = new Uint8Array(Float32Array.from(stored.flatMap(({ data }) => data)).buffer);
  return readTfjs(new TextEncoder().encode(JSON.stringify(file)), async (name) => {
    expect(name).toBe("w.bin");
    return Uint8Array.of(...bytes, ...new Uint8Array(more));
  });
}

const sequential = (shape: readonly number[], ...layers: readonly (readonly [kind: string, config?: Config])[]) => ({
  class_name: "Sequential",
  config: {
    layers: layers.map(([class_name, config = {}], i) => ({
      class_name,
      config: { name: `layer${i + 1}`, ...(i === 0 ? { batch_input_shape: [null, ...shape] } : {}), ...config },
    })),
  },
});

/** Layers `[name, class, config, the layers that it is called on for each call, arguments]` as Keras 2 writes them. */
type Called = readonly [string, string, Config, readonly (readonly string[])[], Config?];

const functional = (layers: readonly Called[], output: string) => ({
  class_name: "Model",
  config: {
    name: "m",
    layers: layers.map(([name, class_name, config, calls, options = {}]) => ({
      class_name,
      name,
      config: { name, ...config },
      inbound_nodes: calls.map((from) => from.map((one) => [...callOf(one), 0, options])),
    })),
    input_layers: layers.flatMap(([name, kind]) => (kind === "InputLayer" ? [[name, 0, 0]] : [])),
    output_layers: [[...callOf(output), 0]],
  },
});

const callOf = (text: string): readonly [string, number] => {
  const [name = "", call = "0"] = text.split("@");
  return [name, Number(call)];
};

const x = (...shape: readonly number[]): Called => ["x", "InputLayer", { batch_input_shape: [null, ...shape] }, []];

async function answers({ trained }: ImportedModel, inputs: readonly number[]): Promise<readonly number[]> {
  const given = ndarray(Float32Array.from(inputs), [1, ...trained.shape]);
  return [...(await predict(trained, given)).answers.data].map((value) => Number(value.toFixed(5)));
}

async function refusal(made: Promise<unknown>): Promise<NablaError> {
  return made.then(
    () => expect.unreachable("it was read"),
    (error: NablaError) => error,
  );
}

const matrix = (name: string, data: readonly number[], columns = 2): Stored => ({
  name: `${name}/kernel`,
  shape: [data.length / columns, columns],
  data,
});

test("every layer that is read has its attributes declared, and no other", () => {
  const models = ["Sequential", "Functional", "Model", "InputLayer"];
  expect(Object.keys(attributes).toSorted()).toEqual([...readers.keys(), ...models].toSorted());
});

test.each(
  Object.keys(attributes),
)("an attribute of %s that nabla does not know is refused by its name", async (kind) => {
  const config = { name: "odd", no_such_thing: 3 };
  const nested = { ...config, layers: [{ class_name: "Flatten", config: { name: "f" } }] };
  const made = ["Sequential", "Functional", "Model"].includes(kind)
    ? sequential([4], ["Flatten"], [kind, nested])
    : functional([x(4), ["odd", kind, config, kind === "InputLayer" ? [] : [["x"]]]], "odd");
  const { code, message } = await refusal(read(made));
  expect(code).toBe("keras/layer");
  expect(message).toContain('"odd"');
  expect(message).toMatch(/nabla has nothing for the attribute "no_such_thing" \(3\)/);
});

test.each(
  Object.entries(attributes).flatMap(([kind, { only = {} }]) => Object.keys(only).map((name) => [kind, name] as const)),
)("%s with another %s than it can have is refused by its name", async (kind, name) => {
  const made = functional([x(4), ["odd", kind, { [name]: "another" }, kind === "InputLayer" ? [] : [["x"]]]], "odd");
  const { code, message } = await refusal(read(made));
  expect(code).toBe("keras/layer");
  expect(message).toContain(`"odd" (${kind})`);
  expect(message).toContain(`${name} "another"`);
});

test("each attribute that is declared as read is looked at somewhere", () => {
  const folder = new URL("../../src/exchange/keras/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name !== "attributes.ts");
  const sources = files.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  const words = Object.values(attributes).flatMap(({ read: names = "" }) => names.split(" "));
  const unread = [...new Set(words)].filter(
    (word) =>
      word !== "" &&
      !new RegExp(`\\.${word}\\b|"${word}"|\\{[^}]*\\b${word}\\b[^}]*\\} = (layer\\.)?config`).test(sources),
  );
  expect(unread).toEqual([]);
});

test.each([
  ["training", true, /the argument training=True that Dropout is called with/],
  ["mask", "x", /the argument mask="x"/],
  ["no_such_argument", 1, /the argument no_such_argument=1/],
])("a call with %s is refused by the argument's name", async (name, value, message) => {
  const made = functional([x(4), ["d", "Dropout", { rate: 0.5 }, [["x"]], { [name]: value }]], "d");
  expect(await refusal(read(made))).toMatchObject({ code: "keras/layer", message: expect.stringMatching(message) });
});

test("a call with training=False is said, and one with mask=None is as none", async () => {
  const made = functional([x(4), ["d", "Dropout", { rate: 0.5 }, [["x"]], { training: false, mask: null }]], "d");
  expect((await read(made)).notices).toEqual([expect.stringContaining("training=False")]);
});

test("layers of equal names in nested models have their own weights, whatever the names have before them", async () => {
  const inner = (name: string, own: Config) => ({
    name,
    layers: [{ class_name: "Dense", config: { name: "dense", units: 2, use_bias: false, ...own } }],
  });
  const base = inner("base", { batch_input_shape: [null, 2] });
  const made = sequential([2], ["Sequential", base], ["Dense", { name: "dense", units: 2, use_bias: false }]);
  const identity = [1, 0, 0, 1];
  const double = [2, 0, 0, 2];
  for (const [nested, outer] of [
    ["base/dense", "dense"],
    ["sequential/base/dense", "sequential/dense"],
    ["base/dense", "sequential/dense"],
  ] as const) {
    const { trained } = await read(made, [matrix(outer, double), matrix(nested, identity)]);
    expect([...(trained.weights.get("dense1.weights")?.data ?? [])]).toEqual(identity);
    expect([...(trained.weights.get("dense2.weights")?.data ?? [])]).toEqual(double);
  }
  expect(await refusal(read(made, [matrix("one/dense", double), matrix("other/dense", identity)]))).toMatchObject({
    code: "keras/weights",
    message: expect.stringContaining('the arrays of "one/dense" and of "other/dense" may both be meant'),
  });
});

test("slashes in names of layers belong to the names", async () => {
  const made = sequential(
    [2],
    ["Dense", { name: "block/Conv", units: 2, use_bias: false }],
    ["Dense", { name: "Conv", units: 2, use_bias: false }],
  );
  const { trained } = await read(made, [matrix("block/Conv", [1, 2, 3, 4]), matrix("Conv", [5, 6, 7, 8])]);
  expect([...(trained.weights.get("dense1.weights")?.data ?? [])]).toEqual([1, 2, 3, 4]);
  expect([...(trained.weights.get("dense2.weights")?.data ?? [])]).toEqual([5, 6, 7, 8]);
});

test("normalization is over the axis that the file names, though others are as long", async () => {
  const names = ["gamma", "beta", "moving_mean", "moving_variance"];
  const row = (name: string, data: readonly number[]) => ({ name: `n/${name}`, shape: [2], data });
  const stored = names.map((name, i) =>
    row(
      name,
      [
        [1, 1],
        [0, 0],
        [1, 2],
        [1, 1],
      ][i] ?? [],
    ),
  );
  for (const [axis, wanted] of [
    [-1, [0, 0, 2, 2]],
    [2, [0, 0, 2, 2]],
    [1, [0, 1, 1, 2]],
    [[1], [0, 1, 1, 2]],
  ] as const) {
    const made = sequential([2, 2], ["BatchNormalization", { name: "n", axis, epsilon: 1e-9 }]);
    expect(await answers(await read(made, stored), [1, 2, 3, 4])).toEqual(wanted);
  }
  const pair = [row("gamma", [1, 1]), row("beta", [0, 0])];
  for (const [axis, wanted] of [
    [-1, [-1, 1, -1, 1]],
    [1, [-1, -1, 1, 1]],
  ] as const) {
    const made = sequential([2, 2], ["LayerNormalization", { name: "n", axis, epsilon: 1e-9 }]);
    expect(await answers(await read(made, pair), [1, 2, 3, 4])).toEqual(wanted);
  }
  const batch = sequential([2, 2], ["BatchNormalization", { name: "n", axis: 0 }]);
  expect((await refusal(read(batch, stored))).message).toContain("axis 0, which is the batch");
});

test("classes are read by the names that older versions gave them", async () => {
  const names = ["gamma", "beta", "moving_mean", "moving_variance"];
  const stored = names.map((name, i) => ({ name: `n/${name}`, shape: [1], data: [[2], [1], [3], [4]][i] ?? [] }));
  for (const kind of [
    "BatchNormalization",
    "BatchNormalizationV1",
    "BatchNormalizationV2",
    "keras.layers>BatchNormalization",
  ]) {
    const { class_name, config } = sequential([1], [kind, { name: "n", axis: [1], epsilon: 0.000001 }]);
    for (const made of [
      { class_name, config },
      { class_name, config: config.layers },
    ])
      expect(await answers(await read(made, stored), [7])).toEqual([5]);
  }
});

test("a class of somebody's own is not taken for Keras's of that name", async () => {
  for (const layer of [
    { class_name: "Custom>Dense" },
    { class_name: "Dense", module: "my.layers" },
    { class_name: "Dense", module: null, registered_name: "Custom>Dense" },
  ]) {
    const made = {
      class_name: "Sequential",
      config: { layers: [{ ...layer, config: { name: "d", units: 1, batch_input_shape: [null, 2] } }] },
    };
    expect(await refusal(read(made))).toMatchObject({
      code: "keras/layer",
      message: expect.stringContaining("not Keras's own"),
    });
  }
});

test.each([
  ["relu6", [0, 6, 2]],
  ["hard_sigmoid", [0, 1, 0.9]], // of TensorFlow.js and Keras 2, with the slope 0.2
  ["softsign", [-0.75, 0.88889, 0.66667]],
  ["log_softmax", [-11.00249, -0.00249, -6.00249]],
])("the activation %s", async (activation, wanted) => {
  expect(await answers(await read(sequential([3], ["Activation", { activation }])), [-3, 8, 2])).toEqual(wanted);
});

test("layers that are called several times have their weights once, and train as one", async () => {
  const made = functional(
    [x(2), ["d", "Dense", { units: 2, use_bias: false }, [["x"], ["d@0"], ["d@1"]]], ["s", "Add", {}, [["x", "d@2"]]]],
    "s",
  );
  const model = await read(made, [matrix("d", [0, 1, 2, 0])]);
  expect(model.trained.weights.size).toBe(1);
  // three times [a, b] → [2b, a] is [4b, 2a]
  expect(await answers(model, [1, 10])).toEqual([41, 12]);
});

test("what has no weights stays a layer however often it is called, and statistics that several calls share stay", async () => {
  const twice = (kind: string, config: Config) => functional([x(2), ["d", kind, config, [["x"], ["d@0"]]]], "d@1");
  const { model } = (await read(twice("Dropout", { rate: 0.5 }))).trained;
  expect([...(model.layers ?? new Map()).values()].map(({ kind }) => kind)).toEqual(["dropout", "dropout"]);
  const names = ["gamma", "beta", "moving_mean", "moving_variance"];
  const stored = names.map((name, i) => ({
    name: `d/${name}`,
    shape: [2],
    data:
      [
        [2, 2],
        [1, 1],
        [3, 3],
        [4, 4],
      ][i] ?? [],
  }));
  const normed = await read(twice("BatchNormalization", { epsilon: 0.000001 }), stored);
  // (x - 3) / 2 * 2 + 1, twice
  expect(await answers(normed, [7, 10])).toEqual([3, 6]);
  expect(normed.notices).toEqual([expect.stringContaining("its statistics stay as they are")]);
});

test("a model within a model may be called several times, counted from 1 on as Keras 2 does", async () => {
  const inner = functional([x(2), ["e", "Dense", { units: 2, use_bias: false }, [["x"]]]], "e");
  const called = (from: number): Called => ["m", "Model", {}, [["x"], [`m@${from}`]]];
  for (const from of [0, 1]) {
    const outer = functional([x(2), called(from)], `m@${from + 1}`);
    const layers = outer.config.layers.map((layer) =>
      layer.class_name === "Model" ? { ...layer, ...inner, name: "m" } : layer,
    );
    const model = await read({ ...outer, config: { ...outer.config, layers } }, [matrix("e", [0, 1, 2, 0])]);
    expect(await answers(model, [1, 10])).toEqual([2, 20]);
  }
});

test("weights with bytes to spare, or that nothing was made of, are not believed", async () => {
  const made = sequential([2], ["Dense", { name: "d", units: 2, use_bias: false }]);
  expect((await read(made, [matrix("d", [1, 2, 3, 4])])).trained.weights.size).toBe(1);
  expect(await refusal(read(made, [matrix("d", [1, 2, 3, 4])], 4))).toMatchObject({
    code: "tfjs/surplus",
    message: expect.stringContaining("hold 20 bytes, and the weights that model.json describes take 16"),
  });
  const { notices } = await read(made, [matrix("d", [1, 2, 3, 4]), matrix("other", [1, 2, 3, 4])]);
  expect(notices).toEqual([expect.stringContaining('"other"')]);
});

test("models that call themselves without end, or nest so, are refused", async () => {
  const cells = Array.from({ length: 40 }, (_, i) => i);
  const nested = cells.reduce<object>(
    (inner, i) => ({ class_name: "Sequential", config: { name: `m${i}`, layers: [inner] } }),
    { class_name: "Flatten", config: { name: "f", batch_input_shape: [null, 2] } },
  );
  expect((await refusal(read(nested))).code).toBe("keras/config");
  const doubling = cells.slice(0, 20).reduce<Config>(
    (inner) => {
      const outer = functional([x(2), ["m", "Model", {}, [["x"], ["m@0"]]]], "m@1");
      return {
        ...outer,
        config: {
          ...outer.config,
          layers: outer.config.layers.map((one) => (one.name === "m" ? { ...one, ...inner, name: "m" } : one)),
        },
      };
    },
    functional([x(2), ["f", "Flatten", {}, [["x"]]]], "f"),
  );
  expect(await refusal(read(doubling))).toMatchObject({
    code: "keras/graph",
    message: expect.stringContaining("more than"),
  });
});

test.each([
  [
    "GRU",
    [
      { name: "r/kernel", shape: [1, 6], data: [1.8, 0.4, 0.1, -1.9, -0.3, -0.4] },
      {
        name: "r/recurrent_kernel",
        shape: [2, 6],
        data: [-0.1, -0.6, -0.0, -0.5, -1.3, 0.9, 0.9, 1.7, 0.1, -0.4, -0.5, -1.5],
      },
      { name: "r/bias", shape: [2, 6], data: [1.0, -1.1, -1.2, -0.2, 1.5, 0.2, -1.0, -0.7, 0.6, -0.2, -0.8, -0.2] },
    ],
    [0.78978, -0.16486],
  ],
  [
    "LSTM",
    [
      { name: "r/kernel", shape: [1, 8], data: [0.7, 2.0, -1.2, -0.6, -0.8, -2.4, -0.9, -1.0] },
      {
        name: "r/recurrent_kernel",
        shape: [2, 8],
        data: [1.1, -0.1, -1.6, 0.6, -0.4, -1.7, -0.6, -0.6, -0.9, 0.0, -2.2, -0.3, 1.0, 0.9, 1.1, 1.1],
      },
      { name: "r/bias", shape: [8], data: [1.5, -1.1, 0.8, -1.9, -0.6, -1.9, 1.0, 1.3] },
    ],
    [-0.28524, -0.28281],
  ],
])("%s gives what Keras 3 does with the same arrays, and is refused with its positions turned round", async (kind, stored, wanted) => {
  const config = { name: "r", units: 2, recurrent_activation: "sigmoid", activation: "tanh" };
  const given = (await answers(await read(sequential([3, 1], [kind, config]), stored), [0.5, -1, 2])).entries();
  for (const [i, value] of given) expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 4);
  const turned = sequential([3, 1], [kind, { ...config, go_backwards: true, return_sequences: true }]);
  expect((await refusal(read(turned, stored))).message).toContain("go_backwards with return_sequences");
});
