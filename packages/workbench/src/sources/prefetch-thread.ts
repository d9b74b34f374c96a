/** The worker thread of `prefetch`: makes batch after batch until it is signaled to end. */
import { workerData } from "node:worker_threads";
import { augmentationFrom, augmenterFor, type Batch, type BatchStorage, batches, type Examples } from "nabla";
import { fillRing, type ThreadWork } from "./prefetch-ring.ts";

/** Makes batches until the ring is closed. */
function work({ rows, shape, inputs, augment, keys, total, ring, ...order }: ThreadWork): void {
  const changes = augment.map((data) => augmentationFrom(data));
  const augmenter = augmenterFor(changes, { shape: shape.slice(1), key: keys.augment });
  const examples: Examples = {
    rows,
    inputs: { dtype: "float32", shape, data: new Float32Array(inputs) },
    targets: { dtype: "int32", shape: [rows], data: new Int32Array(rows) },
  };
  let place: Float32Array = new Float32Array(0);
  const storage = (count: number): BatchStorage => {
    const size = [count, ...shape.slice(1)];
    const width = size.reduce((product, length) => product * length, 1);
    return {
      inputs: { dtype: "float32", shape: size, data: place.subarray(0, width) },
      targets: { dtype: "int32", shape: [count], data: new Int32Array(count) },
    };
  };
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
}

work(workerData as ThreadWork);
