#!/usr/bin/env python3
"""Fails when a test, a script or a benchmark starts a program that no install step brings.

A machine that is used has many programs; a bare one has those of Debian's essential packages and
what scripts/install-packages.sh names. So every program that is started has to be one of these.

    scripts/check-programs.py [ROOT]
"""
import os
import pathlib
import re
import sys

from python_programs import python
from shell_programs import shell
from swift_programs import swift

INSTALLER = "scripts/install-packages.sh"

# What every Debian machine has: of its essential packages, and of apt, which installs the rest.
ESSENTIAL = set(
    """
    apt-get bash sh
    base64 basename cat chmod chown cksum comm cp cut date dd df dirname du env expand expr factor
    fold groups head id install join link ln ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc
    od paste printenv readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum
    shred shuf sleep sort split stat stdbuf stty sync tac tail tee timeout touch tr truncate tsort tty
    uname uniq unlink wc whoami yes
    awk cmp diff egrep fgrep find getconf grep gzip hostname ldd perl sed tar which xargs zcat
    blkid fallocate flock fsfreeze getopt ionice losetup lsblk mount mountpoint prlimit script setpriv
    setsid taskset umount unshare
    """.split()
)
# The compiler is there before anything else, and this is what it builds.
OWN = {"adm", "swift", "swiftc"}
# Asked for before they are used, with another way where they are missing.
OPTIONAL = {"sudo", "systemctl"}
# The same, in one place alone.
OPTIONAL_IN = {
    ("scripts/second-opinion", "curl"),
    ("scripts/second-opinion", "wget"),
    ("scripts/second-opinion", "aria2c"),
}
# Names that a test only writes down, or wants to be missing.
NEVER_STARTED = {
    ("Tests/ADMProfilesTests", "pass"),
    ("Tests/ADMProfilesTests", "vi"),
    ("Tests/ADMProfilesTests", "credential-key-file"),
    ("Tests/ADMProfilesTests", "weight"),
    ("Tests/EndToEndTests/ProfileVerbTests.swift", "no-such-editor"),
    # The environment of a home is in the place where others write a program.
    ("Tests/ADMEngineTests/Home", "HOME"),
}
# Which mode of the installer comes before what is in these places.
MODES = [("Benchmarks", "bench"), ("scripts/install.sh", "build"), ("", "test")]


def installed(text):
    """The commands that each mode of the installer brings."""
    modes = {"build": set(), "bench": set(), "test": set()}
    mode = "build"
    for line in text.splitlines():
        if re.search(r'"\$1" = bench', line):
            mode = "bench"
        elif re.search(r'"\$1" = test', line):
            mode = "test"
        if match := re.match(r"\s*need_command \S+ (\S+)", line):
            modes[mode].add(match[1])
    return {name: commands | modes["build"] for name, commands in modes.items()}


def recipes(text):
    """The commands of a Makefile, on their lines."""
    lines = [line.lstrip("\t@-+") if line.startswith("\t") else "" for line in text.splitlines()]
    script = "\n".join(lines).replace("$(step)", "scripts/step.sh")
    # What make puts in is known to make alone.
    return re.sub(r"(?<!\$)\$\((?:[^()]|\([^()]*\))*\)", "$make", script).replace("$$", "$")


def console(text):
    """The commands that a document shows in its first section and its tour, on their lines."""
    return "\n".join(line[2:] if line.startswith("$ ") else "" for line in text.splitlines())


def started(root):
    """Every program that is started: its file, its line, its name."""
    readers = [
        ("Tests/**/*.swift", lambda path: swift(path.read_text(), str(path))),
        ("Benchmarks/*.py", lambda path: python(path.read_text())),
        ("scripts/*.py", lambda path: python(path.read_text())),
        ("scripts/second-opinion", lambda path: python(path.read_text())),
        ("**/*.sh", lambda path: shell(path.read_text())),
        (".ci/*", lambda path: shell(path.read_text())),
        ("Makefile", lambda path: shell(recipes(path.read_text()))),
        ("README.md", lambda path: shell(console(path.read_text()))),
    ]
    for pattern, read in readers:
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root)
            if name.parts[0].startswith(".build") or name.name == "test-check-programs.py":
                continue
            for line, program in read(path):
                yield str(name), line, program


def check(found, brought):
    """All faults."""
    for file, line, name in found:
        if name is None:
            yield f"{file}:{line}: it cannot be told which program is started: name it in the call"
            continue
        if name in ESSENTIAL | OWN | OPTIONAL or (file, name) in OPTIONAL_IN:
            continue
        if any(file.startswith(place) and name == other for place, other in NEVER_STARTED):
            continue
        mode = next(mode for place, mode in MODES if file.startswith(place))
        if name not in brought[mode]:
            yield (
                f"{file}:{line}: {name} is started, and {INSTALLER} {mode} does not bring it:"
                f" add need_command PACKAGE {name}"
            )


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else here)
    root = pathlib.Path(".")
    found = list(started(root))
    problems = list(check(found, installed((root / INSTALLER).read_text())))
    count = len({name for _, _, name in found})
    print("\n".join(problems) or f"{count} programs are there or are installed")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
