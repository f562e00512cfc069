"""The cases: what is served, how, and what the programs have to do with it."""
import dataclasses
import pathlib
from collections.abc import Callable

import peers
import wan as links
from servers import Nginx
from wan import Wan

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
PACE = 8 * MIB
SINGLE = "curl and wget2 fetch one file over one connection"
NEAR = "rclone gets one connection, which is faster here than several."


@dataclasses.dataclass
class Trial:
    """One table of the report."""

    case: str
    name: str
    title: str
    base: str
    names: list
    source: pathlib.Path  # the folder with what is served
    rounds: int
    connections: int = 8
    at_once: int = 1
    limit: float = 180  # seconds for one run
    warm: bool = False  # a first round that is not counted
    namespace: str | None = None
    ca: pathlib.Path | None = None
    allowed: int = 0  # bytes a second for each connection
    orders: dict | None = None  # for the paced server, before each run
    resume: bool = False
    near: bool = False
    used: bool = False  # the program has run in its home before
    memory: bool = False  # homes and files lie in memory instead of on the disk
    prepare: Callable | None = None  # called with the round before each run
    skip: tuple = ()
    compare: str | None = None  # the trial without the fault
    notes: tuple = ()

    @property
    def size(self):
        return sum((self.source / name).stat().st_size for name in self.names)


@dataclasses.dataclass
class Skipped:
    case: str
    name: str
    reason: str


def scaled(lab, size, least=64 * KIB):
    return max(least, int(size * lab.scale))


def spoken(size):
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size / unit:.4g} {name}"
    return f"{size} bytes"


def plain(lab):
    size = scaled(lab, GIB)
    yield Trial(
        "plain-1g", "plain-1g", f"{spoken(size)} from nginx on loopback", lab.nginx.url,
        [lab.served.one(size)], lab.served.folder, lab.rounds("plain-1g"), near=True,
        notes=(NEAR,),
    )


def tls(lab):
    size = scaled(lab, GIB)
    yield Trial(
        "tls-1g", "tls-1g", f"{spoken(size)} from nginx on loopback over TLS",
        lab.nginx.secure_url, [lab.served.one(size)], lab.served.folder, lab.rounds("tls-1g"),
        ca=lab.authority.file, near=True,
        notes=("Every program trusts the benchmark's own authority and checks the certificate,"
               " except axel, which knows none for an address and does not check.", NEAR),
    )


def start(lab):
    for name, used, when in (
        ("start", True, "in a home that was used before"),
        ("start-first", False, "for the first time in an empty home"),
    ):
        yield Trial(
            "start", name, f"1 KiB, from the start of the process to its end, {when}",
            lab.nginx.url, [lab.served.one(KIB)], lab.served.folder, lab.rounds("start"), warm=True,
            limit=30, used=used,
        )


def small(lab):
    for name, count, size, warm in (
        ("small-4k", 10_000, 4 * KIB, False), ("small-100k", 1_000, 100 * KIB, True),
    ):
        count = max(20, int(count * lab.scale))
        folder, names = lab.served.many(count, size)
        yield Trial(
            "small", name, f"{count:,} files of {spoken(size)}, 16 at once",
            f"{lab.nginx.url}/{folder}", names, lab.served.folder / folder, lab.rounds("small"),
            at_once=16, limit=300, warm=warm,
            notes=(peers.NO_LISTS, "adm's budget is set to 16 slots, all for one host."),
        )
    count = max(20, int(5_000 * lab.scale))
    folder, names = lab.served.many(count, 4 * KIB)
    for at_once, name, how in (
        (0, "small-4k-memory", "with the defaults of each program"),
        (16, "small-4k-memory-16", "16 at once"),
    ):
        yield Trial(
            "small", name, f"{count:,} files of 4 KiB, in memory, {how}",
            f"{lab.nginx.url}/{folder}", names, lab.served.folder / folder, lab.rounds("small"),
            at_once=at_once, limit=300, memory=True, notes=(peers.NO_LISTS,),
        )


def sixty_four(lab):
    size = scaled(lab, 8 * MIB)
    folder, names = lab.served.many(64, size)
    yield Trial(
        "sixty-four", "sixty-four", f"64 files of {spoken(size)}, all at once",
        f"{lab.nginx.url}/{folder}", names, lab.served.folder / folder,
        lab.rounds("sixty-four"), at_once=64, warm=True,
        notes=(peers.NO_LISTS, "adm's budget is set to 64 slots, all for one host."),
    )


def per_connection(lab):
    size = scaled(lab, 256 * MIB, MIB)
    yield Trial(
        "per-connection", "per-connection",
        f"{spoken(size)}, 16 connections of {spoken(PACE)}/s", lab.paced.url,
        [lab.served.one(size)], lab.served.folder, lab.rounds("per-connection"),
        connections=16, allowed=PACE, orders={"rate": PACE},
        notes=("The server keeps the limit from the first byte on, without a burst.",
               f"{SINGLE}; their part is counted against one."),
    )


def bad_connection(lab):
    size = scaled(lab, 128 * MIB, 16 * MIB)
    for bad, what in (
        (None, "no bad one"),
        ("stall", f"the second stalls after 256 KiB"),
        ("slow", "the second is 20 times slower"),
    ):
        name = f"bad-connection-{bad or 'none'}"
        yield Trial(
            "bad-connection", name,
            f"{spoken(size)}, 8 connections of {spoken(PACE)}/s, {what}", lab.paced.url,
            [lab.served.one(size)], lab.served.folder, lab.rounds("bad-connection"),
            limit=60, orders={"rate": PACE, "bad": bad}, skip=tuple(peers.SINGLE),
            compare="bad-connection-none" if bad else None,
            notes=(f"{SINGLE}, never meet the second one and are left out.",
                   "Time limits of the programs are their own; a run is ended after 60 s."),
        )


def resume(lab):
    size = scaled(lab, GIB, 8 * MIB)
    yield Trial(
        "resume", "resume", f"{spoken(size)}, the second start after 99 % were sent",
        lab.paced.url, [lab.served.one(size)], lab.served.folder, lab.rounds("resume"),
        resume=True, orders={"stop_after": size * 99 // 100},
        notes=("The server stops in the middle; one second later adm and curl are killed with"
               " SIGKILL, and aria2c, axel, rclone and wget2 get SIGINT. The figures are those"
               " of the second start alone.",
               "rclone cannot resume and starts over."),
    )


def wan(lab):
    for control in ("reno", "bbr"):
        for loss in (0, 0.1, 1):
            name = f"wan-{control}-{loss:g}"
            if reason := links.missing(control):
                yield Skipped("wan", name, reason)
                continue
            # A single connection under reno crawls where packets are lost.
            size = {"reno-0.1": 16, "reno-1": 8}.get(f"{control}-{loss:g}", 64) * MIB
            size = scaled(lab, size, MIB)
            file = lab.served.one(size)
            with Wan(lab.scratch, 25, loss, control) as link:
                nginx = Nginx(
                    lab.fresh("nginx-wan"), lab.served.folder, links.SERVER, 8080,
                    before=("ip", "netns", "exec", link.server),
                )
                try:
                    yield Trial(
                        "wan", name,
                        f"{spoken(size)}, round trip 50 ms, {control}, {loss:g} % loss",
                        nginx.url, [file], lab.served.folder, lab.rounds("wan"),
                        connections=16, namespace=link.client, prepare=link.rewind,
                        notes=(f"{links.RATE_MBIT} Mbit/s each way with a queue of"
                               f" {links.QUEUE_MS} ms; packets are lost each way, by a random sequence"
                               " that is the same for all programs of a round.",
                               f"Up to 16 connections; {SINGLE}."),
                    )
                finally:
                    nginx.close()


def wan_small(lab):
    count = max(20, int(400 * lab.scale))
    folder, names = lab.served.many(count, 16 * KIB)
    for kind, what in (("h1", "HTTP/1.1"), ("tls", "HTTP/1.1 over TLS"), ("h2", "HTTP/2")):
        if reason := links.missing("reno"):
            yield Skipped("wan-small", f"wan-small-{kind}", reason)
            continue
        with Wan(lab.scratch, 25, 0, "reno") as link:
            nginx = Nginx(
                lab.fresh("nginx-wan"), lab.served.folder, links.SERVER, 8080,
                authority=lab.authority, http2=kind == "h2",
                before=("ip", "netns", "exec", link.server),
            )
            base = nginx.url if kind == "h1" else nginx.secure_url
            try:
                for at_once, name, how in (
                    (0, f"wan-small-{kind}", "with the defaults of each program"),
                    (16, f"wan-small-{kind}-16", "16 at once"),
                ):
                    yield Trial(
                        "wan-small", name,
                        f"{count} files of 16 KiB, round trip 50 ms, {what}, {how}",
                        f"{base}/{folder}", names, lab.served.folder / folder,
                        lab.rounds("wan-small"), at_once=at_once, namespace=link.client,
                        ca=None if kind == "h1" else lab.authority.file, prepare=link.rewind,
                        notes=(peers.NO_LISTS, "aria2c, which speaks no HTTP/2,"
                               " uses HTTP/1.1.") if kind == "h2" else (peers.NO_LISTS,),
                    )
            finally:
                nginx.close()


CASES: dict[str, Callable] = {
    "plain-1g": plain, "tls-1g": tls, "per-connection": per_connection, "wan": wan,
    "wan-small": wan_small,
    "small": small, "bad-connection": bad_connection, "start": start,
    "sixty-four": sixty_four, "resume": resume,
}


# The shortest case is run more often.
def usual_rounds(case, rounds):
    return 4 * rounds + 1 if case == "start" else rounds
