"""Starts a program, waits for it within a time limit, and says what it used."""
import dataclasses
import os
import pathlib
import signal
import subprocess
import time


@dataclasses.dataclass
class Figures:
    wall: float = 0
    cpu: float = 0
    memory: float = 0  # MiB
    code: int = 0  # exit code, or the negative number of a signal
    ended: bool = True  # within the time limit
    errors: str = ""


class Launcher:
    """Runs programs through the small C launcher, which measures them."""

    def __init__(self, scratch):
        self.scratch = pathlib.Path(scratch)
        self.program = build("launch", self.scratch)

    def start(self, line, environment, directory, namespace=None):
        return Run(self, line, environment, directory, namespace)

    def measure(self, line, environment, directory, limit, namespace=None):
        """Runs a command line to its end; one that exceeds the limit is killed."""
        return self.start(line, environment, directory, namespace).wait(limit)


class Run:
    """One program that was started."""

    def __init__(self, launcher, line, environment, directory, namespace):
        reader, writer = os.pipe()
        self.report = os.fdopen(reader)
        self.errors = launcher.scratch / "errors.txt"
        with open(self.errors, "wb") as errors:
            # A session of its own: Ctrl-C reaches this process only, which then cleans up.
            self.process = subprocess.Popen(
                [launcher.program, str(writer), namespace or "-", *map(str, line)],
                env=environment, cwd=directory, pass_fds=[writer], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
            )
        os.close(writer)

    def wait(self, limit):
        ended = True
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            ended = False
            self.end(kill=True)
        except BaseException:
            self.end(kill=True)
            raise
        return self.figures(ended)

    def end(self, kill, patience=10):
        """Ends the program: with SIGINT where it may take its leave, with SIGKILL otherwise."""
        if not kill:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(patience)
                return
            except subprocess.TimeoutExpired:
                pass
        self.process.send_signal(signal.SIGUSR1)
        self.process.wait()

    def figures(self, ended):
        with self.report as report:
            words = report.read().split()
        text = self.errors.read_text(errors="replace").strip()
        if len(words) != 4:
            return Figures(code=self.process.returncode or 1, ended=ended, errors=text)
        wall, cpu, memory, status = words
        return Figures(
            float(wall), float(cpu), int(memory) / 1024,
            os.waitstatus_to_exitcode(int(status)), ended, text,
        )


def build(name, scratch):
    """Compiles a C file that lies beside this one."""
    source = pathlib.Path(__file__).with_name(name + ".c")
    program = pathlib.Path(scratch) / name
    if not program.exists():
        subprocess.run(["gcc", "-O2", "-o", program, source], check=True)
    return program


def wait_for(condition, limit, what):
    """Waits until the condition holds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not happen within {limit} s")
        time.sleep(0.02)
