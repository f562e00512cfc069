#!/usr/bin/env python3
"""Holds Package.swift and every import against the layer table of docs/architecture.md.

SwiftPM builds a file that imports a module its target never declared, as soon as some other target
needs that module. So the arrows of the design are kept here instead. The table in the document is
the rule, and this script has no second copy of it:

- every target in Sources has a row, every row has a target with files in it;
- arrows point down: a row may only name targets of rows below it;
- a target declares and imports no other targets and outside modules than its row allows;
- an outside module has one owner, so that it can be exchanged in one place;
- what a file imports, its target declares.

    scripts/check-layers.py [ROOT]
"""
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys

TABLE = "docs/architecture.md"
HEADER = ["target", "purpose", "may import", "outside modules"]

# Modules of the toolchain, free for everyone. FoundationNetworking, FoundationXML and XCTest are
# left out on purpose: the first two bring libcurl and libxml2 into the program.
TOOLCHAIN = {
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Observation", "RegexBuilder",
    "Swift", "Synchronization",
}
TESTS_ONLY = {"Testing"}

# Modules with two owners: the transfer speaks HTTP and the test server misspeaks it, byte by byte.
# Files are digested in one place and secrets sealed in another, and neither knows of the other.
# A logger is handed from layer to layer, so that each can say what it does.
TWO_OWNERS = {"NIO*", "Crypto", "Logging"}

IMPORT = re.compile(
    r"^\s*(?P<attributes>(?:@\w+(?:\([^)]*\))?\s+)*)"
    r"(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?"
    r"(?P<module>\w+)"
)


class Row:
    """What one line of the table allows."""

    def __init__(self, cells):
        names = [re.findall(r"`([^`]+)`", cell) for cell in cells]
        self.target = names[0][0] if names[0] else cells[0]
        self.imports = names[2]
        self.outside = names[3]

    def allows(self, module):
        return module in self.imports or any(
            fnmatch.fnmatchcase(module, pattern) for pattern in self.outside
        )


def read_table(path):
    """The rows of the layer table, top to bottom."""
    rows = []
    inside = False
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            if inside:
                break
        elif cells == HEADER:
            inside = True
        elif inside and not set(line) <= set("|-: "):
            rows.append(Row(cells))
    return rows


def check_table(rows):
    """Faults of the table itself."""
    owners = {}
    for index, row in enumerate(rows):
        below = {other.target for other in rows[index + 1:]}
        for name in row.imports:
            if name not in below:
                yield f"{TABLE}: {row.target} may not import {name}: it has no row further down"
        for pattern in row.outside:
            owners.setdefault(pattern, []).append(row.target)
    for pattern, targets in owners.items():
        if len(targets) > 1 and pattern not in TWO_OWNERS:
            yield f"{TABLE}: {pattern} has {len(targets)} owners: {', '.join(targets)}"


def declared(target):
    """Names of the targets and products that Package.swift lists for a target."""
    for dependency in target["dependencies"]:
        (_, values), = dependency.items()
        yield values[0]


def imports(folder):
    """Every import below a folder: its place, its module, its attributes. A script in a literal has none."""
    for path in sorted(folder.rglob("*.swift")):
        in_literal = False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = None if in_literal else IMPORT.match(line)
            in_literal ^= line.count('"""') % 2 == 1
            if match:
                yield f"{path}:{number}", match["module"], match["attributes"]


def check_target(target, row):
    """Faults of one target; row is None for a target in Tests, which may use what it declares."""
    name = target["name"]
    free = TOOLCHAIN | {name} | (set() if row else TESTS_ONLY)
    listed = set(declared(target))
    for module in sorted(listed) if row else []:
        if not row.allows(module):
            yield f"Package.swift: {name} must not depend on {module}, says {TABLE}"
    for place, module, attributes in imports(folder_of(target)):
        if "@_exported" in attributes:
            yield f"{place}: nothing is exported on behalf of another module"
        if module in free:
            continue
        if row and not row.allows(module):
            yield f"{place}: {name} must not import {module}"
        elif module not in listed:
            yield f"{place}: {name} does not declare {module} in Package.swift"


def folder_of(target):
    default = "Tests" if target["type"] == "test" else "Sources"
    return pathlib.Path(target.get("path") or f"{default}/{target['name']}")


def check(manifest, rows):
    """All faults."""
    yield from check_table(rows)
    by_name = {row.target: row for row in rows}
    siblings = {target["name"] for target in manifest["targets"]}
    for name in by_name.keys() - siblings:
        yield f"{TABLE}: there is no target {name} in Package.swift"
    for target in manifest["targets"]:
        folder = folder_of(target)
        if not any(path.suffix in {".swift", ".c", ".modulemap"} for path in folder.rglob("*")):
            yield f"Package.swift: {target['name']} has no files in {folder}"
        in_tests = folder.parts[0] == "Tests"
        row = by_name.get(target["name"])
        if row is None and not in_tests:
            yield f"{TABLE}: {target['name']} has no row"
            continue
        yield from check_target(target, row)


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    # Paths are shown, and folders found, from the root of the repository.
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else here)
    rows = read_table(pathlib.Path(TABLE))
    if not rows:
        sys.exit(f"check-layers: {TABLE} has no table headed | {' | '.join(HEADER)} |")
    dump = subprocess.run(
        ["swift", "package", "--ignore-lock", "dump-package"], capture_output=True
    )
    if dump.returncode != 0:
        sys.exit(f"check-layers: Package.swift cannot be read\n{dump.stderr.decode()}")
    problems = list(check(json.loads(dump.stdout), rows))
    print("\n".join(problems) or f"{len(rows)} layers keep to {TABLE}")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
