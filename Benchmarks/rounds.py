"""Runs the programs of one trial in turn and checks what each of them saved."""
import os
import random
import shutil
import subprocess
import sys

import peers
import served
from measuring import wait_for


# A peer that needs more seconds than this is run once, so that all cases end within half an hour.
LONGEST = 20


class Rounds:
    """Runs trials; everything that a run needs and leaves lies below one folder."""

    def __init__(self, lab, launcher, places, shuffle):
        self.lab, self.launcher, self.places, self.shuffle = lab, launcher, places, shuffle

    def run(self, trial):
        """All rounds of a trial; returns its table as plain values."""
        table = {
            "case": trial.case, "name": trial.name, "title": trial.title, "bytes": trial.size,
            "rounds": trial.rounds, "notes": list(trial.notes), "compare": trial.compare,
            "allowed": trial.allowed, "runs": {},
        }
        given_up = set()
        for number in range(-1 if trial.warm else 0, trial.rounds):
            order = [name for name in self.places if name not in trial.skip]
            self.shuffle(order)
            for name in order:
                if name in given_up:
                    continue
                sample = self.sample(trial, name, number)
                if sample is None:
                    given_up.add(name)
                    continue
                self.tell(trial, name, number, sample)
                slow = name != "adm" and sample["wall"] > LONGEST
                if number >= 0 or slow or not sample["ended"]:
                    table["runs"].setdefault(name, []).append(sample)
                if slow or not sample["ended"]:
                    given_up.add(name)
                    if trial.rounds > 1:
                        table["notes"].append(f"{name} was too slow for more than one run.")
        return table

    def tell(self, trial, name, number, sample):
        kind = "warm-up" if number < 0 else f"round {number + 1} of {trial.rounds}"
        print(
            f"{trial.name}, {kind}: {name} {sample['wall']:.3f} s"
            + (f": {sample['fault']}" if sample["fault"] else ""), file=sys.stderr, flush=True,
        )

    def sample(self, trial, name, number):
        """One run of one program, in a home and a folder of its own; nothing where it cannot."""
        room = self.lab.fresh("run", in_memory=trial.memory)
        out, home = room / "out", room / "home"
        out.mkdir(parents=True)
        home.mkdir()
        job = peers.Job(
            trial.base, trial.names, out, room, trial.connections, trial.at_once, trial.ca,
            trial.resume, trial.near,
        )
        try:
            line = peers.PROGRAMS[name](job)
            if line is None:
                return None
            line[0] = self.places[name]
            if name == "adm":
                peers.prepare(home, job)
            if trial.prepare:
                trial.prepare(number)
            environment = peers.environment(home, os.environ["PATH"])
            if trial.used:
                self.launcher.measure(line, environment, out, trial.limit, trial.namespace)
                shutil.rmtree(out)
                out.mkdir()
            return self.measured(trial, name, job, line, environment)
        finally:
            shutil.rmtree(room)

    def measured(self, trial, name, job, line, environment):
        paced = self.lab.paced if trial.orders is not None else None
        # Nobody waits for what another program left in memory to be written.
        os.sync()
        if paced:
            paced.order(**trial.orders)
        if trial.resume:
            self.interrupt(name, line, environment, job, paced)
            paced.order(rate=0)
        figures = self.launcher.measure(line, environment, job.out, trial.limit, trial.namespace)
        sample = {
            "wall": figures.wall, "cpu": figures.cpu, "memory": figures.memory,
            "ended": figures.ended, "fault": None,
        }
        if paced:
            counters = paced.order()
            sample |= {key: counters[key] for key in ("sent", "most", "met")}
        if not figures.ended:
            sample["wall"] = trial.limit
            sample["fault"] = f"did not end in {trial.limit:g} s"
        elif figures.code != 0:
            words = figures.errors.replace(str(job.scratch), "…").splitlines()
            sample["fault"] = f"ended with {figures.code}: {words[-1] if words else ''}"[:200]
        else:
            sample["fault"], stray = served.fault(job.out, trial.source, trial.names)
            if name == "adm" and stray:
                sample["fault"] = f"left stray files: {', '.join(stray[:5])}"
        return sample

    def interrupt(self, name, line, environment, job, paced):
        """The first start, which ends before the file is whole."""
        run = self.launcher.start(line, environment, job.out)
        try:
            wait_for(
                lambda: paced.order()["stopped"] or run.process.poll() is not None, 120,
                f"the stop of the server for {name}",
            )
            # The last bytes are still on their way into the file.
            try:
                run.process.wait(1)
            except subprocess.TimeoutExpired:
                pass
        finally:
            if run.process.poll() is None:
                run.end(kill=name not in peers.ENDED_WITH_SIGINT)
            run.figures(True)


def shuffler(seed):
    return random.Random(seed).shuffle
