#!/usr/bin/env python3
"""A file server with a speed limit for each connection, and one bad connection on request.

    Benchmarks/paced.py DIRECTORY

Prints its two ports: one for files, one for control. A line of JSON sent to the control port sets
what follows and starts to count anew; connections of before are closed. An empty object only asks.
The answer is a line of JSON with the counters.

    rate         bytes a second for each connection, exactly, without a burst; 0 for no limit
    bad          "stall" or "slow": what the second connection that is asked for a body does
    stop_after   send nothing more on any connection after so many bytes of bodies in total
"""
import email.utils
import json
import os
import pathlib
import re
import socket
import sys
import threading
import time

PIECE = 64 << 10
STALL_AFTER = 256 << 10
SLOWER = 20
# How much a connection that was kept waiting by its client may catch up.
DEPTH_SECONDS = 0.05


class State:
    """The orders, and the counters since they were given."""

    def __init__(self):
        self.lock = threading.Condition()
        self.sockets = set()
        self.generation = 0
        self.orders({})

    def orders(self, words):
        self.rate = words.get("rate", 0)
        self.bad = words.get("bad")
        self.stop_after = words.get("stop_after")
        self.generation += 1
        self.accepted = self.bodies = self.sent = self.most = 0
        self.met = self.stopped = False

    def reset(self, words):
        with self.lock:
            self.orders(words)
            for old in self.sockets:
                try:
                    old.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.sockets.clear()
            self.lock.notify_all()

    def counters(self):
        with self.lock:
            return {
                "accepted": self.accepted, "sent": self.sent, "most": self.most,
                "met": self.met, "stopped": self.stopped,
            }


class Connection:
    """Answers the requests of one connection, at its pace."""

    def __init__(self, state, root, peer):
        self.state, self.root, self.peer = state, root, peer
        self.number = None
        self.sent = 0
        with state.lock:
            self.generation = state.generation
            state.accepted += 1
            state.sockets.add(peer)
            state.most = max(state.most, len(state.sockets))

    def serve(self):
        try:
            self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.peer.makefile("rb") as requests:
                while self.answer(requests):
                    pass
        except (OSError, ValueError):
            pass
        finally:
            with self.state.lock:
                self.state.sockets.discard(self.peer)
            self.peer.close()

    def answer(self, requests):
        first = requests.readline(8192).decode("latin-1").split()
        if len(first) != 3:
            return False
        fields = {}
        while (line := requests.readline(8192).decode("latin-1").strip()):
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        path = self.root / first[1].lstrip("/").split("?")[0]
        keep = first[2] != "HTTP/1.0" and fields.get("connection", "").lower() != "close"
        if first[0] not in ("GET", "HEAD") or not path.is_file():
            self.peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return keep
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            size, tag = status.st_size, f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
            begin, end, code = 0, size, "200 OK"
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", fields.get("range", ""))
            head = ""
            if wanted and fields.get("if-range", tag) == tag:
                begin = int(wanted[1])
                end = min(size, int(wanted[2]) + 1) if wanted[2] else size
                code, head = "206 Partial Content", f"Content-Range: bytes {begin}-{end - 1}/{size}\r\n"
                if begin >= end:
                    begin = end = 0
                    code, head = "416 Range Not Satisfiable", f"Content-Range: bytes */{size}\r\n"
            changed = email.utils.formatdate(status.st_mtime, usegmt=True)
            self.peer.sendall((
                f"HTTP/1.1 {code}\r\nContent-Type: application/octet-stream\r\nETag: {tag}\r\n"
                f"Last-Modified: {changed}\r\nAccept-Ranges: bytes\r\n{head}"
                f"Content-Length: {end - begin}\r\n"
                f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
            ).encode())
            if first[0] == "GET":
                self.body(file.fileno(), begin, end)
        return keep

    def body(self, file, begin, end):
        state = self.state
        with state.lock:
            if self.number is None and self.generation == state.generation:
                state.bodies += 1
                self.number = state.bodies
        bad = state.bad if self.number == 2 else None
        rate = state.rate / SLOWER if bad == "slow" else state.rate
        piece = PIECE if rate else 1 << 20
        allowance, before = 0.0, time.monotonic()
        while begin < end:
            if bad == "stall" and self.sent >= STALL_AFTER:
                state.met = True
                self.rest()
            if bad == "slow":
                state.met = True
            count = self.reserve(min(piece, end - begin))
            if rate:
                deepest = max(rate * DEPTH_SECONDS, count)
                while True:
                    now = time.monotonic()
                    allowance = min(deepest, allowance + (now - before) * rate)
                    before = now
                    if allowance >= count:
                        break
                    time.sleep((count - allowance) / rate)
                allowance -= count
            while count > 0:
                done = os.sendfile(self.peer.fileno(), file, begin, count)
                begin, count, self.sent = begin + done, count - done, self.sent + done

    def reserve(self, count):
        """How many bytes may be sent now; waits for ever where the server has stopped."""
        state = self.state
        with state.lock:
            if self.generation != state.generation:
                raise OSError("closed by new orders")
            if state.stop_after is not None:
                count = min(count, state.stop_after - state.sent)
            state.sent += max(count, 0)
            if count > 0:
                return count
            state.stopped = True
        self.rest()

    def rest(self):
        """Waits until there are new orders."""
        with self.state.lock:
            self.state.lock.wait_for(lambda: self.generation != self.state.generation)
        raise OSError("closed by new orders")


def control(state, listener):
    while True:
        peer, _ = listener.accept()
        with peer, peer.makefile("rw") as stream:
            words = json.loads(stream.readline())
            if words:
                state.reset(words)
            stream.write(json.dumps(state.counters()) + "\n")


def main():
    root = pathlib.Path(sys.argv[1])
    state = State()
    files = socket.create_server(("127.0.0.1", 0), backlog=256)
    orders = socket.create_server(("127.0.0.1", 0))
    print(files.getsockname()[1], orders.getsockname()[1], flush=True)
    threading.Thread(target=control, args=(state, orders), daemon=True).start()
    while True:
        peer, _ = files.accept()
        connection = Connection(state, root, peer)
        threading.Thread(target=connection.serve, daemon=True).start()


if __name__ == "__main__":
    main()
