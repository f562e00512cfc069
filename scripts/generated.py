"""Writes generated files, or fails if they are out of date."""
import difflib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def write(texts, surplus=()):
    """Writes each text into its file below the root, and removes the files of which none is left."""
    for path, text in texts.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
    for path in surplus:
        (ROOT / path).unlink()


def check(texts, surplus=()):
    """Shows how files differ from their texts, and ends the program if any does."""
    stale = list(surplus)
    for path, text in texts.items():
        present = (ROOT / path).read_text() if (ROOT / path).exists() else ""
        if present == text:
            continue
        changes = difflib.unified_diff(
            present.splitlines(), text.splitlines(), path, "the program", lineterm="", n=1
        )
        print("\n".join(list(changes)[:40]))
        stale.append(path)
    if stale:
        sys.exit(f"{', '.join(stale)} out of date: run make docs")
