#!/usr/bin/env python3
"""Fails on files that are too long, types that lie in too many files, names that say nothing, and tasks that nobody
waits for.

    scripts/check-sizes.py [ROOT]
"""
import os
import pathlib
import re
import sys

LONGEST = {"Sources": 300, "Tests": 400, "scripts": 300}
# In how many files a type may be: declared in one, extended in the others. Conformances and what only one file sees
# do not count.
MOST_FILES = 3
SUFFIXES = {".swift", ".c", ".h", ".py", ".sh"}

# Words for a drawer of odds and ends. A file is named for the one thing in it.
EMPTY_WORDS = {
    "util", "utils", "utility", "utilities", "helper", "helpers", "manager", "managers", "common",
}

UNSTRUCTURED = "an unstructured task outlives its caller: use a task group"
SLEEPS = "a test waits for a condition, never for a time"
TASKS = [
    (re.compile(r"\bTask\s*(<[^>]*>)?\s*(\([^)]*\))?\s*\{"), UNSTRUCTURED),
    (re.compile(r"\bTask\s*\.\s*(detached|init|immediate)\b"), UNSTRUCTURED),
    (re.compile(r"\bmakeFutureWithTask\b"), UNSTRUCTURED),
]
# A task of another library may stay if the comment above it says what waits for it.
AWAITED = re.compile(r"//.*\bawaited by\b")
PATTERNS = {
    "Sources": TASKS,
    "Tests": TASKS + [
        (re.compile(r"(?<!func )\b(sleep|usleep|nanosleep)\s*\("), SLEEPS),
    ],
}

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
STRING = re.compile(r'"(?:\\.|[^"\\])*"')


MODIFIERS = r"(?:(?:public|package|internal|final|indirect|nonisolated) )*"
DECLARED = re.compile(rf"^{MODIFIERS}(?:struct|class|enum|actor|protocol) (\w+)", re.MULTILINE)
EXTENDED = re.compile(rf"^{MODIFIERS}extension ([\w.]+) (?:where [^{{]*)?\{{(.*?)^\}}", re.MULTILINE | re.DOTALL)
# A member that is seen outside of its file.
SHARED = re.compile(r"^    (?!private |fileprivate |//|@|\}|\)| |#)\w", re.MULTILINE)


def spread(files):
    """Types of Sources that are in too many files."""
    places = {}
    own = set()
    for path in files:
        if path.parts[0] != "Sources" or path.suffix != ".swift":
            continue
        text = path.read_text()
        for name in DECLARED.findall(text):
            own.add(name)
            places.setdefault(name, set()).add(path)
        for name, body in EXTENDED.findall(text):
            if SHARED.search(body):
                places.setdefault(name, set()).add(path)
    for name, found in sorted(places.items()):
        if name in own and len(found) > MOST_FILES:
            names = ", ".join(sorted(path.name for path in found))
            yield f"{name} is spread over {len(found)} files, at most {MOST_FILES}: {names}"


def code_of(line):
    """The line without its string literals and its comment."""
    return STRING.sub('""', line).split("//")[0]


def check(path):
    """Faults of one file."""
    area = path.parts[0]
    for part in path.with_suffix("").parts:
        for word in WORD.findall(part):
            if word.lower() in EMPTY_WORDS:
                yield f"{path}: \"{word}\" in a name says nothing: name the thing"
    lines = path.read_text().splitlines()
    if len(lines) > LONGEST[area]:
        yield f"{path}: {len(lines)} lines, at most {LONGEST[area]}: split it by responsibility"
    if path.suffix != ".swift":
        return
    for number, line in enumerate(lines, 1):
        is_awaited = any(AWAITED.search(above) for above in lines[max(0, number - 3):number - 1])
        for pattern, reason in PATTERNS.get(area, []):
            if reason is UNSTRUCTURED and is_awaited:
                continue
            if pattern.search(code_of(line)):
                yield f"{path}:{number}: {reason}"


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else here)
    files = [
        path
        for area in LONGEST
        for path in sorted(pathlib.Path(area).rglob("*"))
        if path.suffix in SUFFIXES and path.is_file()
    ]
    problems = [problem for path in files for problem in check(path)]
    problems += spread(files)
    print("\n".join(problems) or f"{len(files)} files are short and well named")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
