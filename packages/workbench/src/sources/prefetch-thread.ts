/** The thread behind `prefetch`: makes batch after batch until it is told to end. */
import { workerData } from "node:worker_threads";
import { augmentationFrom, augmenterFor, type Batch, batches, type Examples } from "nabla";
import { fillRing, type ThreadWork } from "./prefetch-ring.ts";

const { rows, shape, inputs, augment, keys, total, ring, ...order } = workerData as ThreadWork;
const changes = augment.map((data) => augmentationFrom(data));
const augmenter = augmenterFor(changes, { shape: shape.slice(1), key: keys.augment });
const examples: Examples = {
  rows,
  inputs: { dtype: "float32", shape, data: new Float32Array(inputs) },
  targets: { dtype: "int32", shape: [rows], data: new Int32Array(rows) },
};

let place: Float32Array | undefined;
let next = -1;
let going: Iterator<Batch, void> | undefined;

fillRing(ring, (ticket, into) => {
  const epoch = Math.floor(ticket / total);
  const from = ticket % total;
  if (going === undefined || ticket !== next || from === 0) {
    going = batches(examples, { ...order, key: keys.order, epoch, from, augment: augmenter, into: storage });
  }
  place = into;
  going.next();
  next = ticket + 1;
});

function storage(count: number): { inputs: Examples["inputs"]; targets: Examples["targets"] } {
  const size = [count, ...shape.slice(1)];
  const width = size.reduce((product, length) => product * length, 1);
  const data = (place ?? new Float32Array(0)).subarray(0, width);
  return {
    inputs: { dtype: "float32", shape: size, data },
    targets: { dtype: "int32", shape: [count], data: new Int32Array(count) },
  };
}
