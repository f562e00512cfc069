#!/usr/bin/env python3
"""Compares adm with other programs, interleaved, and checks every byte.

    Benchmarks/run.py --adm PATH [--case NAME]... [--rounds 5] [--scale 1.0] [--peers a,b]
                      [--markdown FILE] [--svg FILE] [--json FILE]
    Benchmarks/run.py --from-json FILE [--markdown FILE] [--svg FILE]

Tables go to standard output, progress to standard error. Everything happens on loopback or in
network namespaces, in a scratch folder that is removed at the end.
"""
import argparse
import contextlib
import datetime
import functools
import json
import os
import pathlib
import platform
import shutil
import signal
import sys
import tempfile
import time

import chart
import peers
import report
import rounds as running
from cases import CASES, Skipped, usual_rounds
from measuring import Launcher
from served import Served
from servers import Authority, Nginx, Paced


class Lab:
    """The scratch folder and the servers; a server is started when a case first asks for it."""

    def __init__(self, scratch, options):
        self.scratch = pathlib.Path(scratch)
        self.scale = options.scale
        self.wanted_rounds = options.rounds
        self.own_rounds = options.case_rounds
        self.served = Served(self.scratch / "www")
        self.count = 0

    def rounds(self, case):
        return self.own_rounds.get(case) or usual_rounds(case, self.wanted_rounds)

    def fresh(self, name, in_memory=False):
        self.count += 1
        return (self.memory if in_memory else self.scratch) / f"{name}-{self.count}"

    @functools.cached_property
    def memory(self):
        """A folder in memory; it is removed at the end."""
        return pathlib.Path(tempfile.mkdtemp(prefix="adm-bench-", dir="/dev/shm"))

    @functools.cached_property
    def authority(self):
        return Authority(self.scratch / "authority")

    @functools.cached_property
    def nginx(self):
        return Nginx(self.scratch / "nginx", self.served.folder, authority=self.authority)

    @functools.cached_property
    def paced(self):
        return Paced(self.served.folder)

    def close(self):
        for name in ("nginx", "paced"):
            if name in self.__dict__:
                self.__dict__[name].close()
        if "memory" in self.__dict__:
            shutil.rmtree(self.memory, ignore_errors=True)


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adm", help="the program to measure")
    parser.add_argument("--case", action="append", choices=list(CASES), help="only this case")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--case-rounds", action="append", default=[], metavar="CASE=N",
        help="so many rounds for this case; the shortest one has more than --rounds",
    )
    parser.add_argument("--scale", type=float, default=1.0, help="factor of all sizes and counts")
    parser.add_argument("--peers", default="aria2c,axel,curl,rclone,wget2")
    parser.add_argument("--markdown", help="write the report into this file")
    parser.add_argument("--svg", help="write the chart into this file")
    parser.add_argument(
        "--json", help="keep the results in this file; cases that were not run stay in it",
    )
    parser.add_argument("--from-json", metavar="FILE", help="make the report without a run")
    options = parser.parse_args()
    if not options.adm and not options.from_json:
        parser.error("--adm or --from-json is needed")
    try:
        pairs = [word.split("=") for word in options.case_rounds]
        options.case_rounds = {name: int(number) for name, number in pairs}
    except ValueError:
        parser.error("--case-rounds wants CASE=NUMBER")
    options.peers = [name for name in options.peers.split(",") if name]
    for name in [*options.case_rounds, *options.peers]:
        if name not in CASES and name not in peers.PROGRAMS:
            parser.error(f"unknown: {name}")
    return options


def description(options, places):
    """What the head of the report says about this run."""
    words = [word for index, word in enumerate(sys.argv[1:]) if not hidden(index, word)]
    return {
        "date": datetime.date.today().isoformat(),
        "command": " ".join(["Benchmarks/run.py", "--adm", "adm", *words]),
        "cores": os.cpu_count(),
        "rounds": options.rounds,
        "scale": options.scale,
        "kernel": platform.release(),
        "versions": peers.versions(places),
    }


def hidden(index, word):
    """Names of files say something about one machine only."""
    files = {"--adm", "--markdown", "--svg", "--json"}
    return word.split("=")[0] in files or (index > 0 and sys.argv[index] in files)


def measure(options, scratch):
    adm = shutil.which(os.path.abspath(options.adm))
    if adm is None:
        sys.exit(f"{options.adm} is no program")
    places, absent = peers.present(options.peers, adm)
    results = {
        "head": description(options, places), "tables": [],
        "skipped": [{"name": name, "reason": "it is not installed"} for name in absent],
    }
    os.chmod(scratch, 0o755)
    lab = Lab(scratch, options)
    rounds = running.Rounds(lab, Launcher(scratch), places, running.shuffler(time.time_ns()))
    try:
        for case in options.case or CASES:
            # Closed also at Ctrl-C: a case may hold servers and namespaces open between its trials.
            with contextlib.closing(CASES[case](lab)) as trials:
                for trial in trials:
                    if isinstance(trial, Skipped):
                        results["skipped"].append({"name": trial.name, "reason": trial.reason})
                        continue
                    table = rounds.run(trial)
                    table["date"] = results["head"]["date"]
                    results["tables"].append(table)
                    print(report.section(results["tables"][-1], results), flush=True)
            lab.served.remove()
    finally:
        lab.close()
    return results


def merged(path, results):
    """The results of before, with those of this run in their place."""
    path = pathlib.Path(path)
    if not path.exists():
        return results
    old = json.loads(path.read_text())
    tables = {table["name"]: table for table in old["tables"]}
    tables |= {table["name"]: table for table in results["tables"]}
    order = list(CASES)
    ordered = sorted(tables.values(), key=lambda table: order.index(table["case"]))
    return {**results, "tables": ordered}


def main():
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.from_json:
        results = json.loads(pathlib.Path(options.from_json).read_text())
    else:
        scratch = tempfile.mkdtemp(prefix="adm-bench-")
        try:
            results = measure(options, scratch)
        except KeyboardInterrupt:
            sys.exit(130)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    failed = report.faults_of_adm(results)
    if options.json:
        results = merged(options.json, results)
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    print(report.summary(results))
    if options.svg:
        pathlib.Path(options.svg).write_text(chart.draw(results))
    if options.markdown:
        report.write(options.markdown, results, options.svg)
    for line in failed:
        print(f"adm failed: {line}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
