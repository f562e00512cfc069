"""How each program is called, with the flags that serve it best in each case."""
import dataclasses
import pathlib
import re
import shutil
import subprocess


@dataclasses.dataclass
class Job:
    """What one run of a program has to fetch."""

    base: str  # the URL before the names
    names: list
    out: pathlib.Path
    scratch: pathlib.Path  # for lists; not measured, not compared
    connections: int = 8  # for one file, where the program can
    at_once: int = 1  # files at the same time; 0 for what the program does by itself
    ca: pathlib.Path | None = None
    resume: bool = False  # it may be ended and started again
    near: bool = False  # the server is so near that one connection fills the machine

    @property
    def urls(self):
        return [f"{self.base}/{name}" for name in self.names]

    def listed(self, lines):
        path = self.scratch / "list.txt"
        path.write_text("".join(line + "\n" for line in lines))
        return path


def at_once(job, option):
    """How many files a program fetches at the same time, unless it decides that itself."""
    if not job.at_once:
        return []
    return [f"{option}={job.at_once}"] if option == "--max-threads" else [option, job.at_once]


def adm(job):
    line = ["adm", "download", "--quiet", "--progress", "none", "-d", job.out,
            "--if-exists", "overwrite"]
    if job.connections != 8:
        line += ["--max-connections", job.connections]
    if job.ca:
        line += ["--ca-file", job.ca]
    if len(job.names) > 1:
        return line + at_once(job, "--max-concurrent") + ["batch", job.listed(job.urls)]
    return line + job.urls


def aria2c(job):
    allocation = "none" if len(job.names) > 1 else "falloc"
    line = ["aria2c", "--no-conf", "-q", "-d", job.out, f"--file-allocation={allocation}"]
    if job.ca:
        line += [f"--ca-certificate={job.ca}"]
    if len(job.names) > 1:
        return line + at_once(job, "-j") + ["-i", job.listed(job.urls)]
    if job.resume:
        line += ["-c"]
    return line + [f"-x{job.connections}", f"-s{job.connections}", "-k1M", *job.urls]


def curl(job):
    line = ["curl", "-q", "-sS", "-f"]
    if job.ca:
        line += ["--cacert", job.ca]
    if len(job.names) > 1:
        lines = [f'url = "{url}"\noutput = "{job.out}/{name}"'
                 for url, name in zip(job.urls, job.names)]
        return line + ["-Z", *at_once(job, "--parallel-max"), "-K", job.listed(lines)]
    if job.resume:
        line += ["-C", "-"]
    return line + ["-o", job.out / job.names[0], *job.urls]


def wget2(job):
    line = ["wget2", "-q", "--no-config", "--no-robots", "--no-hsts", "--no-hpkp", "--no-ocsp",
            "-P", job.out]
    if job.ca:
        line += [f"--ca-certificate={job.ca}"]
    if len(job.names) > 1:
        return line + at_once(job, "--max-threads") + ["-i", job.listed(job.urls)]
    # The chunks of --chunk-size come one after another over one connection: nothing is gained.
    return line + (["-c"] if job.resume else []) + job.urls


def axel(job):
    if len(job.names) > 1:
        return None
    # It knows certificates for names only, and the servers here have addresses.
    line = ["axel", "-q", "-N"] + (["-k"] if job.ca else [])
    return line + ["-n", job.connections, "-o", job.out / job.names[0], *job.urls]


def rclone(job):
    line = ["rclone", "--config", "", "--http-url", job.base + "/", "--no-check-dest", "--retries", 1]
    if job.ca:
        line += ["--ca-cert", job.ca]
    if len(job.names) > 1:
        return line + [
            "copy", ":http:", job.out, "--files-from-raw", job.listed(job.names), "--no-traverse",
            *at_once(job, "--transfers"), *at_once(job, "--checkers"),
        ]
    line += ["copyto", f":http:{job.names[0]}", job.out / job.names[0]]
    if job.near:
        return line + ["--multi-thread-streams", 0]
    return line + ["--multi-thread-streams", job.connections, "--multi-thread-cutoff", "1M"]


PROGRAMS = {
    "adm": adm, "aria2c": aria2c, "axel": axel, "curl": curl, "rclone": rclone, "wget2": wget2,
}

# What fetches one file over one connection, whatever it is asked for.
SINGLE = {"curl", "wget2"}

# What ends in an orderly way at SIGINT and needs that to go on later. The others are killed.
ENDED_WITH_SIGINT = {"aria2c", "axel", "wget2", "rclone"}

NO_LISTS = "axel takes no list of files and is left out."


def environment(home, path):
    """A home of its own for every program, no proxies, no settings of the user."""
    return {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "ADM_HOME": f"{home}/adm"}


def prepare(home, job):
    """The settings of adm: as many files at once as the case asks for, also from one host."""
    if job.at_once > 1:
        folder = pathlib.Path(home) / "adm"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(
            f"budget-slots = {job.at_once}\nbudget-per-host = {job.at_once}\n"
        )


def present(wanted, adm_program):
    """The programs that are there, by name, with where they are; and the names of the others."""
    places = {"adm": adm_program}
    for name in wanted:
        if place := shutil.which(name):
            places[name] = place
    return places, [name for name in wanted if name not in places]


def versions(places):
    """The version of every program, and of nginx, as it says itself."""
    found = {}
    for name, place in {**places, "nginx": shutil.which("nginx")}.items():
        words = {"rclone": ["version"], "nginx": ["-v"]}.get(name, ["--version"])
        answer = subprocess.run([place, *words], capture_output=True, text=True, check=False)
        number = re.search(r"\d+(\.\d+)+", answer.stdout + answer.stderr)
        found[name] = number[0] if number else "unknown"
    return found
