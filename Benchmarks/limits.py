#!/usr/bin/env python3
"""Measures how exactly adm keeps a limit for all transfers, in windows of ten seconds.

    Benchmarks/limits.py --adm PATH [--markdown FILE]

Each row is one run: processes share a limit, and after some seconds what they have written is looked at
twice, ten seconds apart.
"""
import argparse
import datetime
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import servers

HEADING = "## Speed limits"
KIB = 1024
MIB = 1024 * KIB
WINDOW = 10
# Seconds until all transfers have begun; three times that where their room is taken in memory first.
BEGIN = 3
RATES = {"10 KiB/s": 10 * KIB, "100 KiB/s": 100 * KIB, "1 MiB/s": MIB, "10 MiB/s": 10 * MIB,
         "100 MiB/s": 100 * MIB, "250 MiB/s": 250 * MIB}
# From this rate on the files go into memory: no disk is that fast for so long.
FAST = 200 * MIB
MEMORY = "/dev/shm"
NOTE = """
Bytes are written in pieces of at least 512: with 48 files one piece of each is a quarter of what 10 KiB/s
allow in the window, so that this row can only be right on average. The last row is written to memory,
because the disk is slower. 1 GiB/s could not be measured: that is what the two cores do without any limit
(4 GiB into memory took 4.3 s without one, 4.9 s at 1 GiB/s, 9.2 s at 500 MiB/s with a second of it for taking
the room; by hand on 2026-11-30).
"""
# Transfers and processes.
LOADS = [(1, 1), (16, 1), (100, 1), (48, 3)]


def kept(adm, root, url, rate, transfers, processes):
    """The part of the limit that came in the window."""
    environment = {"HOME": root, "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
                   "ADM_HOME": f"{root}/home", "ADM_MAX_CONNECTIONS": "1"}
    subprocess.run(
        [adm, "budget", "set", "--slots", "200", "--per-host", "0", "--rate", str(rate)],
        env=environment, check=True, capture_output=True,
    )
    runs = []
    try:
        for number in range(processes):
            names = range(number, transfers, processes)
            listed = pathlib.Path(root) / f"list{number}"
            listed.write_text("".join(f"{url}?{name}\tfilename=f{name}\n" for name in names))
            runs.append(subprocess.Popen(
                [adm, "download", "--quiet", "-d", f"{root}/out{number}", "batch", str(listed)],
                env=environment, stderr=subprocess.DEVNULL,
            ))
        time.sleep(BEGIN if rate < FAST else 3 * BEGIN)
        before, begin = arrived(root, runs, rate), time.monotonic()
        time.sleep(WINDOW)
        after, end = arrived(root, runs, rate), time.monotonic()
        return (after - before) / (end - begin) / rate
    finally:
        for run in runs:
            run.send_signal(signal.SIGKILL)
            run.wait()


def arrived(root, runs, rate):
    if rate < FAST:
        # With one connection a partial file is as long as what has arrived.
        parts = pathlib.Path(root).glob("out*/.adm-part/*.part")
        return sum(part.stat().st_size for part in parts)
    # Some transfers are faster than others and done; the databases do not count beside so many bytes.
    counts = [pathlib.Path(f"/proc/{run.pid}/io").read_text() for run in runs]
    return sum(int(count.split("wchar:")[1].split()[0]) for count in counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adm", required=True)
    parser.add_argument("--markdown")
    options = parser.parse_args()
    adm = os.path.abspath(options.adm)
    work = tempfile.mkdtemp(prefix="adm-limits-")
    os.chmod(work, 0o755)
    www = pathlib.Path(work) / "www"
    www.mkdir()
    memory = tempfile.mkdtemp(prefix="adm-limits-", dir=MEMORY)
    text = (
        f"{HEADING}\n\nThe part of `adm budget set --rate` that arrived in ten seconds, one run each."
        f" Run on {datetime.date.today().isoformat()} with `make bench`.\n\n| limit |"
    )
    text += "".join(
        f" {count} {'transfer' if count == 1 else 'transfers'}"
        + (f", {processes} processes |" if processes > 1 else " |")
        for count, processes in LOADS
    )
    text += "\n| --- |" + " ---: |" * len(LOADS) + "\n"
    nginx = servers.Nginx(pathlib.Path(work) / "nginx", www)
    try:
        for name, rate in RATES.items():
            row = []
            for transfers, processes in LOADS:
                # Long enough for the run; holes take no room on the server's disk.
                place, spare = (work, 2) if rate < FAST else (memory, 1.3)
                length = max(4 * MIB, int(rate * (WINDOW + 3 * BEGIN) / transfers * spare))
                with open(www / "hole", "wb") as hole:
                    hole.truncate(length)
                root = tempfile.mkdtemp(dir=place)
                part = kept(adm, root, f"{nginx.url}/hole", rate, transfers, processes)
                shutil.rmtree(root)
                row.append(f"{100 * part:.2f} %")
                print(f"{name}, {transfers} transfers, {processes} processes: {row[-1]}", flush=True)
            text += f"| {name} | " + " | ".join(row) + " |\n"
    finally:
        nginx.close()
        shutil.rmtree(work)
        shutil.rmtree(memory)
    text += NOTE
    if options.markdown:
        path = pathlib.Path(options.markdown)
        before = path.read_text().split(HEADING)[0].rstrip()
        path.write_text(f"{before}\n\n{text}")


main()
