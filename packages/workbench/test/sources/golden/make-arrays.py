"""Arrays and tables as NumPy and Arrow write them: python3 make-arrays.py, with numpy and pyarrow installed."""
import datetime as dt
import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

rows = np.arange(12)
x = np.stack([rows / 4, (rows % 5) - 2.0, rows * rows], axis=1)
names = np.array(["width", "höhe", "area"])
kinds = np.array(["cat", "dog", "owl"])[rows % 3]
np.savez_compressed("table.npz", X=x, y=kinds, feature_names=names, weight=rows[:, None].astype("int64"))
np.savez("fortran.npz", X=np.asfortranarray(x.astype("float32")), target=(rows * 1.5).astype(">f8"), note=np.array("a scalar"))
np.save("X_small.npy", x.astype("float16"))
np.save("y_small.npy", (rows % 2).astype("uint8"))
pictures = ((rows[:, None, None] + np.arange(9)[None, :, None] * np.arange(8)[None, None, :]) % 250).astype("uint8")
np.savez("pictures.npz", x_train=pictures[:8], y_train=rows[:8] % 2, x_test=pictures[8:], y_test=rows[8:] % 2)
np.savez("channels-first.npz", images=np.stack([pictures, pictures // 2, pictures // 3], axis=1) / 255.0, labels=kinds)
np.savez("objects.npz", X=x, y=np.array([{}] * 12, dtype=object))

day = dt.date(2024, 2, 28)
table = pa.table({
    "whole": pa.array([None if i == 3 else int(i) for i in rows], pa.int32()),
    "long": pa.array([int(i) * 2**40 for i in rows], pa.int64()),
    "beyond": pa.array([2**60 + int(i) for i in rows], pa.int64()),
    "share": pa.array([float(i) / 8 for i in rows], pa.float32()),
    "price": pa.array([None if i == 1 else f"{i}.25" for i in rows]).cast(pa.decimal128(10, 2)),
    "kind": pa.array(list(kinds)).dictionary_encode(),
    "zip": pa.array([f"{i:05d}" for i in rows]),
    "day": pa.array([day + dt.timedelta(days=int(i)) for i in rows], pa.date32()),
    "moment": pa.array([dt.datetime(2024, 2, 28, 6) + dt.timedelta(days=int(i)) for i in rows], pa.timestamp("us")),
    "open": pa.array([None if i == 2 else bool(i % 2) for i in rows]),
    "pair": pa.array([[float(i), float(-i)] for i in rows], pa.list_(pa.float64())),
    "fixed": pa.array([[int(i), 1, 2] for i in rows], pa.list_(pa.int16(), 3)),
    "place": pa.array([{"city": "Jena" if i % 2 else "Ulm", "floor": int(i)} for i in rows]),
    "ragged": pa.array([[1.0] * int(i % 3) for i in rows]),
    "at": pa.array([dt.time(6, int(i), 30) for i in rows], pa.time64("us")),
    "nothing": pa.nulls(12),
})
for name, codec in [("lz4", "lz4"), ("zstd", "zstd"), ("plain", "uncompressed")]:
    feather.write_feather(table, f"{name}.arrow", compression=codec, chunksize=5)
with pa.OSFile("stream.arrows", "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table, max_chunksize=7)
