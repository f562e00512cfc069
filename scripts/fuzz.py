#!/usr/bin/env python3
"""Runs every reader of outside text under libFuzzer for a while, and shows the figures.

    scripts/fuzz.py BINARY [--seconds N] [--work FOLDER] [TARGET...]

Each target begins with its corpus in Tests/Corpora, which is not changed; what it finds on the way is
kept in FOLDER and used again the next time. What made a reader trap, hang, grow or break a promise is
kept there too, and its path is shown: put it into the corpus, with the fix.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

CORPORA = pathlib.Path(__file__).resolve().parent.parent / "Tests/Corpora"
STATISTIC = re.compile(r"^stat::(\w+):\s+(\d+)$", re.M)
PROGRESS = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")
# Longer inputs teach nothing that these do not, and are slow.
LONGEST = 4096


class Result:
    """What came of one target."""

    def __init__(self, name, log, status):
        self.name = name
        statistics = {key: int(value) for key, value in STATISTIC.findall(log)}
        self.runs = statistics.get("number_of_executed_units", 0)
        self.failed = status != 0 or self.runs == 0
        self.speed = statistics.get("average_exec_per_sec", 0)
        self.memory = statistics.get("peak_rss_mb", 0)
        last = PROGRESS.findall(log)[-1:] or [("0", "0", "0")]
        self.edges, self.features, self.inputs = map(int, last[0])
        self.input = next(iter(re.findall(r"Test unit written to (.*)", log)), "")
        self.reason = next(iter(re.findall(
            r"(?:Fatal error: .*|ERROR: (?:libFuzzer|AddressSanitizer): .*|.*runtime failure: .*)", log,
        )), "")
        if not self.reason and self.runs == 0:
            self.reason = "nothing was run; see the log"
        self.place = ""

    def find_place(self, binary):
        """Reads what broke once more, this time with a backtrace, which takes half a minute."""
        if not self.input:
            return
        done = subprocess.run(
            [binary, "-timeout=600", self.input], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "ADM_FUZZ_TARGET": self.name, "SWIFT_BACKTRACE": "enable=yes,color=no"},
        )
        places = re.findall(r"Sources/\S+\.swift:\d+", done.stdout.decode(errors="replace"))
        self.place = next(iter(places), "")


def run(name, binary, seconds, work):
    """Runs one target in its folders."""
    found = work / "found" / name
    found.mkdir(parents=True, exist_ok=True)
    (work / "broken").mkdir(exist_ok=True)
    # A backtrace takes longer than any input may, so that every crash would seem to hang.
    environment = {**os.environ, "ADM_FUZZ_TARGET": name, "SWIFT_BACKTRACE": "enable=no"}
    done = subprocess.run(
        [
            binary, f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10",
            "-rss_limit_mb=2048", "-print_final_stats=1", "-seed=1",
            f"-artifact_prefix={work}/broken/{name}-", found, CORPORA / name,
        ],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    log = done.stdout.decode(errors="replace")
    (work / f"{name}.log").write_text(log)
    return Result(name, log, done.returncode)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--work", type=pathlib.Path, default=".build-fuzz/fuzz")
    parser.add_argument("targets", nargs="*")
    options = parser.parse_intermixed_args()
    known = sorted(path.name for path in CORPORA.iterdir())
    for name in options.targets:
        if name not in known:
            parser.error(f"there is no target {name}: {', '.join(known)}")
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    print("| target | runs | runs/s | edges | features | inputs | memory |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    broken = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [
            pool.submit(run, name, options.binary, options.seconds, work)
            for name in options.targets or known
        ]
        for job in jobs:
            result = job.result()
            print(
                f"| {result.name} | {result.runs} | {result.speed} | {result.edges} |"
                f" {result.features} | {result.inputs} | {result.memory} MiB |", flush=True,
            )
            if result.failed:
                broken.append(result)
    for result in broken:
        result.find_place(options.binary)
        print(f"\n{result.name}: {result.reason or 'see ' + str(work / (result.name + '.log'))}")
        if result.place:
            print(f"  at {result.place}")
        if result.input:
            print(f"  again: ADM_FUZZ_TARGET={result.name} {options.binary} {result.input}")
            print(f"  keep:  cp {result.input} {CORPORA / result.name}/NAME")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
