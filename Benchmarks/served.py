"""The files that are served, and whether a program saved the same bytes."""
import pathlib
import random
import shutil

BLOCK = 1 << 20


class Served:
    """A folder of files whose bytes follow from their name and size."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()

    def one(self, size):
        """The name of a file of that size; every MiB of it is different."""
        name = f"{size}.bin"
        path = self.folder / name
        if not path.exists():
            block = random.Random(size).randbytes(min(size, BLOCK))
            with open(path, "wb") as file:
                for number in range((size + BLOCK - 1) // BLOCK):
                    piece = number.to_bytes(8, "little") + block[8:]
                    file.write(piece[:size - number * BLOCK])
        return name

    def many(self, count, size):
        """The names of so many files, all different, in a folder of their own."""
        folder = self.folder / f"{count}x{size}"
        folder.mkdir(exist_ok=True)
        names = [f"file-{number:05d}.bin" for number in range(count)]
        block = random.Random(size).randbytes(size)
        for number, name in enumerate(names):
            (folder / name).write_bytes(number.to_bytes(8, "little") + block[8:])
        return folder.name, names

    def remove(self):
        """Frees the space."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def same(left, right):
    """Whether two files have the same bytes."""
    if left.stat().st_size != right.stat().st_size:
        return False
    with open(left, "rb", buffering=0) as one, open(right, "rb", buffering=0) as other:
        while piece := one.read(BLOCK):
            if piece != other.read(BLOCK):
                return False
    return True


def fault(out, source, names):
    """What is wrong with the files in a folder, or nothing; and the names of those not asked for."""
    there = {path.name for path in out.iterdir()}
    missing = [name for name in names if name not in there]
    stray = sorted(there - set(names))
    if missing:
        return f"{len(missing)} of {len(names)} files are missing", stray
    wrong = [name for name in names if not same(out / name, source / name)]
    if wrong:
        return f"{len(wrong)} of {len(names)} files have wrong bytes", stray
    return None, stray
