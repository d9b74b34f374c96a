/** What scikit-learn came to on the same rows: peers.json, which peers.py writes. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

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

export function readPeers(path = join(import.meta.dirname, "peers.json")): Peers {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { versions: {}, measured: [] };
}
