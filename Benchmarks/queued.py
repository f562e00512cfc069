#!/usr/bin/env python3
"""Measures the queue with a million jobs: adding, listing, explaining, running, cancelling.

Everything happens in a home of its own and on loopback. Prints a table; with --markdown it takes the
place of the section "Queue" of that file.

    Benchmarks/queued.py --adm PATH [--jobs 1000000] [--markdown FILE]
"""
import argparse
import datetime
import http.server
import os
import pathlib
import shutil
import signal
import socketserver
import statistics
import subprocess
import tempfile
import threading
import time

HEADING = "## Queue"

NOTE = """
Adding is bound by SQLite: the same rows in the same five indexes, each with its event, take 13 to 15 µs
a job from Python's sqlite3 on the same machine (2026-11-27, without syncs) and 24 µs where the CHECKs
of the table are evaluated, so lists of 500 and more are inserted without them; with triggers that
counted each row they took 58 µs, so the counting is done once a transaction. Binding the values through
GRDB takes 3 µs, parsing a URL 2 µs, writing the log and the database file 2 µs.

Inside a process (debug build, 2026-11-27): claiming one of a million jobs 0.43 ms at p50 and 0.77 ms at
p99 (`ADM_JOBS=1000000 swift test --filter ScaleTests`); taking a slot and giving it back 0.70 ms and
1.06 ms, from a release to the process that waited 1.09 ms and 1.74 ms
(`ADM_ROUNDS=1000 swift test --filter BudgetProcessTests`).
"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers everything with a hundred bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"x" * 100)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def measure(command, environment, stdin=None):
    """Runs a command; returns wall seconds, CPU seconds and peak memory in MiB."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdin=stdin, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def run_for(seconds, adm, environment):
    """Runs the queue for a while; returns its peak of resident memory in MiB."""
    process = subprocess.Popen(
        [adm, "run", "--progress", "none"], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
    memory = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    process.send_signal(signal.SIGTERM)
    process.wait()
    return memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adm", required=True)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--markdown")
    options = parser.parse_args()
    root = tempfile.mkdtemp(prefix="adm-queue-")
    environment = {"HOME": root, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    try:
        urls = pathlib.Path(root) / "urls.txt"
        with open(urls, "w") as file:
            for number in range(options.jobs):
                file.write(f"http://127.0.0.1:{port}/path/to/file-{number:07d}.bin\n")
        adm = options.adm
        rows = []
        with open(urls) as stdin:
            wall, cpu, memory = measure([adm, "add", "-"], environment, stdin)
        rate = options.jobs / wall
        rows.append(("`adm add -`, all of them", f"{wall:.1f} s, {rate:,.0f} a second", cpu, memory))
        for name, command in (
            ("`adm queue list`, first page", ["queue", "list"]),
            ("`adm why` of the one in the middle", ["why", str(options.jobs // 2)]),
        ):
            samples = [measure([adm, *command], environment) for _ in range(11)]
            wall, cpu, memory = (statistics.median(column) for column in zip(*samples))
            rows.append((name, f"{wall * 1000:.0f} ms", cpu, memory))
        memory = run_for(20, adm, environment)
        rows.append(("`adm run` for 20 s", "", None, memory))
        wall, cpu, memory = measure([adm, "queue", "cancel", "--all"], environment)
        rows.append(("`adm queue cancel --all`", f"{wall:.1f} s", cpu, memory))
    finally:
        server.shutdown()
        shutil.rmtree(root)
    date = datetime.date.today().isoformat()
    text = f"{HEADING}\n\nA workspace with {options.jobs:,} jobs, whole processes, medians of 11 for"
    text += f" the short ones. Run on {date} with `make bench`, {os.cpu_count()} cores.\n\n"
    text += "| what | wall | CPU s | peak MiB |\n| --- | ---: | ---: | ---: |\n"
    for name, wall, cpu, memory in rows:
        text += f"| {name} | {wall} | {'' if cpu is None else f'{cpu:.2f}'} | {memory:.0f} |\n"
    text += NOTE
    print(text)
    if options.markdown:
        path = pathlib.Path(options.markdown)
        before = path.read_text().split(HEADING)[0].rstrip()
        path.write_text(f"{before}\n\n{text}")


main()
