/** What scikit-learn came to on the same rows: peers.json, which peers.py writes. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

export interface PeerOutcome {
  readonly table: string;
  readonly method: string;
  readonly seed: number;
  readonly error: number;
  readonly logLoss?: number;
  readonly calibration?: number;
  /** Of fitting, on one core; absent where the machine was busy. */
  readonly seconds?: number;
}

export interface Peers {
  readonly versions: Readonly<Record<string, string>>;
  readonly measured: readonly PeerOutcome[];
  /** By table and method, the part of each test row in the error, as the mean over seeds. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

/** Methods of peers, and what they are called. */
export const peerNames: Readonly<Record<string, string>> = {
  constant: "majority, mean",
  linear: "linear",
  network: "MLP",
  tuned: "MLP, tuned",
  forest: "random forest",
  boosting: "gradient boosting",
};

export function readPeers(folder = import.meta.dirname): Peers {
  const [path, rows] = [join(folder, "peers.json"), join(folder, "peers-rows.json.gz")];
  if (!existsSync(path)) return { versions: {}, measured: [], rows: {} };
  return { ...JSON.parse(readFileSync(path, "utf8")), rows: JSON.parse(gunzipSync(readFileSync(rows)).toString()) };
}
