#!/usr/bin/env python3
"""Fails on links that lead nowhere and on references that are out of date.

    scripts/check-docs.py [--binary ADM]

Relative links of every Markdown file are followed, to headings too; addresses of the network are
not. With a built program, docs/cli.md, docs/json.md, docs/schemas, docs/openapi.json and the generated
parts of other pages are held against what it says of itself.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

LINK = re.compile(r"!?\[(?:[^\]\\]|\\.)*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
FENCE = re.compile(r"^\s*(```|~~~)")


def prose(path):
    """The lines outside of code blocks, numbered."""
    inside = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line


def anchors(path):
    """The names that headings get where Markdown becomes a page."""
    seen = {}
    for _, line in prose(path):
        match = HEADING.match(line)
        if match:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1]).lower()
            name = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            count = seen.get(name, 0)
            seen[name] = count + 1
            yield f"{name}-{count}" if count else name


def check_links(path):
    for number, line in prose(path):
        for target in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            name, _, fragment = target.partition("#")
            place = f"{path}:{number}"
            file = path.parent / urllib.parse.unquote(name) if name else path
            if not file.exists():
                yield f"{place}: there is no {file}"
            elif fragment and file.suffix == ".md" and fragment not in anchors(file):
                yield f"{place}: {file} has no heading #{fragment}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", help="the adm that was built")
    binary = parser.parse_args().binary
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    pages = sorted([*pathlib.Path(".").glob("*.md"), *pathlib.Path("docs").rglob("*.md")])
    problems = [problem for page in pages for problem in check_links(page)]
    print("\n".join(problems) or f"the links of {len(pages)} pages lead somewhere")
    failed = bool(problems)
    if binary and os.access(binary, os.X_OK):
        for script in ["cli-reference.py", "json-reference.py", "api-reference.py"]:
            command = [sys.executable, f"scripts/{script}", "--check", "--binary", binary]
            failed |= subprocess.run(command).returncode != 0
    elif binary:
        print(f"what is generated was not looked at: there is no {binary}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
