"""The protocol of benchmarks/protocol.ts for engines in Python."""

import json
import os
import sys
import time

import numpy

# Of a workload that repeats models only so many are timed.
MODELS = 4
# A step that takes longer is a sample of its own.
SLOW_MICROSECONDS = 1e6


def threads():
    return int(os.environ.get("BENCH_THREADS", "1"))


def read(folder, entry):
    """An array of the workload, as benchmarks/folder.ts wrote it."""
    array = numpy.fromfile(os.path.join(folder, entry["file"]), dtype=entry["dtype"])
    return array.reshape(entry["shape"])


def serve(version, trainer_of):
    """Answers requests until they end.

    `trainer_of(folder, manifest, random_weights)` gives a training whose `step()` does one step to its end, and whose
    `cost()` does one and gives what it costs.
    """
    Server(version, trainer_of).run()


class Server:
    def __init__(self, version, trainer_of):
        self.version, self.trainer_of = version, trainer_of
        self.folder = self.manifest = self.trainer = None

    def run(self):
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = self.answer(request)
            except Exception as error:  # whatever goes wrong, the others go on
                answer = {"missing": f"{type(error).__name__}: {error}".split("\n")[0]}
            print(json.dumps(answer), flush=True)

    def answer(self, request):
        if "prepare" in request:
            return self.prepare(request["folder"])
        if "costs" in request:
            return {"costs": self.costs(request["costs"], request["seconds"])}
        scaled = self.scaled()
        answer = {"microseconds": [one * scaled for one in self.samples(request["run"])]}
        return answer if scaled == 1 else {**answer, "scaled": scaled}

    def prepare(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "manifest.json")) as file:
            self.manifest = json.load(file)
        self.trainer = self.trainer_of(folder, self.manifest, False)
        # whoever compiles does so now
        self.trainer.step()
        return {"version": self.version}

    def costs(self, steps, seconds):
        fresh = self.trainer_of(self.folder, self.manifest, False)
        end = time.perf_counter() + seconds
        costs = []
        while len(costs) < steps and (len(costs) < 2 or time.perf_counter() < end):
            costs.append(fresh.cost())
        return costs

    def scaled(self):
        repeated = self.manifest["workload"].get("repeated")
        return repeated["models"] / MODELS if repeated else 1

    def step(self):
        repeated = self.manifest["workload"].get("repeated")
        if not repeated:
            self.trainer.step()
            return
        for _ in range(MODELS):
            one = self.trainer_of(self.folder, self.manifest, True)
            for _ in range(repeated["steps"]):
                one.step()

    def timed(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            self.step()
        return (time.perf_counter() - start) * 1e6

    def samples(self, seconds):
        end = time.perf_counter() + seconds
        steps, took = 1, self.timed(1)
        samples = [took] if took > SLOW_MICROSECONDS else []
        while took < 200 and steps < 1000000:
            steps *= 2
            took = self.timed(steps)
        while time.perf_counter() < end or (len(samples) < 3 and took <= SLOW_MICROSECONDS):
            samples.append(self.timed(steps) / steps)
        return samples


def missing(reason):
    """Says why the engine takes no part, and ends."""
    print(json.dumps({"missing": str(reason)}), flush=True)
    sys.exit(0)
