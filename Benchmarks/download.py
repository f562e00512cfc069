#!/usr/bin/env python3
"""Measures adm beside curl and aria2c in the same run.

Serves files with nginx on loopback, runs the programs interleaved, checks every result byte for
byte, and prints medians: wall seconds, CPU seconds, peak memory, each also as a ratio to curl.

    Benchmarks/download.py --adm PATH [--rounds 5] [--size-mib 1024] [--markdown FILE]
"""
import argparse
import datetime
import filecmp
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

NGINX = """
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on;
    server {{ listen 127.0.0.1:{port}; root {root}/www; }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def measure(command, environment):
    """Runs a command; returns wall seconds, CPU seconds and peak memory in MiB."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}: {errors.decode()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def programs(adm, url, out):
    name = url.rsplit("/", 1)[1]
    table = {
        "adm": [adm, "download", "--quiet", "-d", out, "--if-exists", "overwrite", url],
        "curl": ["curl", "-sS", "-o", f"{out}/{name}", url],
        "aria2c -x8": [
            "aria2c", "-q", "-x8", "-s8", "-k1M", "--file-allocation=falloc",
            "--allow-overwrite=true", "-d", out, url,
        ],
    }
    return {name: line for name, line in table.items() if shutil.which(line[0])}


def run_case(title, adm, url, source, rounds, work):
    results = {}
    for round_number in range(rounds + 1):
        order = list(programs(adm, url, "").keys())
        random.shuffle(order)
        for program in order:
            out = tempfile.mkdtemp(dir=work)
            environment = dict(os.environ, ADM_HOME=f"{work}/home", HOME=work)
            figures = measure(programs(adm, url, out)[program], environment)
            saved = pathlib.Path(out) / source.name
            if not filecmp.cmp(saved, source, shallow=False):
                sys.exit(f"{program} saved other bytes than were served")
            left = sorted(path.name for path in pathlib.Path(out).iterdir())
            if program == "adm" and left != [source.name]:
                sys.exit(f"adm left stray files: {left}")
            shutil.rmtree(out)
            # The first round warms the caches and is not counted.
            if round_number > 0:
                results.setdefault(program, []).append(figures)
    medians = {
        program: [statistics.median(column) for column in zip(*rows)]
        for program, rows in results.items()
    }
    base = medians["curl"]
    lines = [
        f"### {title}", "",
        "| program | wall s | of curl | CPU s | of curl | peak MiB | spread of wall s |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for program in sorted(medians):
        wall, cpu, memory = medians[program]
        walls = [row[0] for row in results[program]]
        lines.append(
            f"| {program} | {wall:.3f} | {wall / base[0]:.2f} | {cpu:.3f} |"
            f" {cpu / base[1]:.2f} | {memory:.1f} | {min(walls):.3f}–{max(walls):.3f} |"
        )
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adm", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--small-rounds", type=int, default=21)
    parser.add_argument("--markdown", help="write the tables into this file")
    options = parser.parse_args()
    work = tempfile.mkdtemp(prefix="adm-bench-")
    port = free_port()
    www = pathlib.Path(work) / "www"
    www.mkdir()
    os.chmod(work, 0o755)
    block = random.Random(1).randbytes(1 << 20)
    with open(www / "large.bin", "wb") as large:
        for number in range(options.size_mib):
            large.write(number.to_bytes(8, "little") + block[8:])
    (www / "small.bin").write_bytes(block[:1024])
    configuration = pathlib.Path(work) / "nginx.conf"
    configuration.write_text(NGINX.format(root=work, port=port))
    server = subprocess.Popen(
        ["nginx", "-p", work, "-c", str(configuration), "-g", "daemon off;"],
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        url = f"http://127.0.0.1:{port}"
        text = run_case(
            f"{options.size_mib} MiB from nginx on loopback", options.adm, f"{url}/large.bin",
            www / "large.bin", options.rounds, work,
        )
        text += "\n" + run_case(
            "1 KiB, from start of the process to its end", options.adm, f"{url}/small.bin",
            www / "small.bin", options.small_rounds, work,
        )
        print(text)
        if options.markdown:
            command = "make bench"
            date = datetime.date.today().isoformat()
            cores = os.cpu_count()
            pathlib.Path(options.markdown).write_text(
                "# Benchmarks\n\n"
                "adm beside its peers, in the same run, interleaved, every result compared byte for"
                " byte. Medians; the spread says how noisy the machine was. adm syncs the file to"
                " disk and keeps a record of the job before it ends; curl does neither.\n\n"
                f"Run on {date} with `{command}`, {cores} cores, {options.rounds} rounds"
                f" (small file: {options.small_rounds}).\n\n" + text
            )
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(work)


main()
