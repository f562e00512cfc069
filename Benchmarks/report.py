"""The report in Markdown: a head, a summary, and a table for each trial."""
import os
import pathlib
import statistics

from peers import SINGLE

FIGURES = ("wall", "cpu", "memory")
QUEUE = "## Queue"

INTRODUCTION = """\
adm beside other programs that fetch files, in the same run, one after another in random order, every
result compared byte for byte. Each program has its best flags for the case (`Benchmarks/peers.py`), a
home of its own and no settings of a user. Figures are medians. CPU seconds are those of the program
and its children, without the server. A ratio is to the best other program in that column, the one with
the smallest median among those whose bytes were all right: below 1 adm is better than all of them. adm
syncs each file to disk and keeps a record of the job; the others do neither.
"""


def summed(runs):
    """Medians, spread and faults of one program's runs."""
    right = [run for run in runs if run["fault"] is None]
    result = {"right": len(right), "runs": len(runs), "whole": len(right) == len(runs)}
    result["faults"] = sorted({run["fault"] for run in runs if run["fault"]})
    for figure in FIGURES:
        values = [run[figure] for run in right]
        result[figure] = statistics.median(values) if values else None
    walls = [run["wall"] for run in right]
    result["spread"] = (min(walls), max(walls)) if walls else None
    for key in ("sent", "most"):
        values = [run[key] for run in right if key in run]
        result[key] = statistics.median(values) if values else None
    result["met"] = sum(run.get("met", False) for run in runs)
    return result


def programs(table):
    return {name: summed(runs) for name, runs in table["runs"].items()}


def best(sums, figure):
    """The best other program for a figure: its name and median."""
    others = [(value[figure], name) for name, value in sums.items()
              if name != "adm" and value["whole"] and value[figure] is not None]
    value, name = min(others, default=(None, None))
    return name, value


def ratio(value, base):
    return f"{value / base:.2f}" if value is not None and base else "–"


def seconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def extra_columns(table, results):
    """Further columns of a table: a heading, and what it says of a program."""
    columns = []
    if table["allowed"]:
        def share(name, value):
            count = 1 if name in SINGLE else 16
            allowed = table["allowed"] * count * value["wall"]
            return f"{100 * table['bytes'] / allowed:.1f} %"
        columns.append(("of what is allowed", share))
        columns.append(("connections at once", lambda _, value: f"{value['most']:.0f}"))
    if table["compare"]:
        without = [other for other in results["tables"] if other["name"] == table["compare"]]
        before = programs(without[0]) if without else {}
        columns.append((
            "of its own time without",
            lambda name, value: ratio(value["wall"], before.get(name, {}).get("wall")),
        ))
        columns.append(("met it", lambda _, value: f"{value['met']} of {value['runs']}"))
    if table["case"] == "resume":
        columns.append(("MiB sent again", lambda _, value: f"{value['sent'] / (1 << 20):.1f}"))
    return columns


def section(table, results):
    """The table of one trial."""
    sums = programs(table)
    bases = {figure: best(sums, figure)[1] for figure in FIGURES}
    extra = extra_columns(table, results)
    head = ["program", "wall s", "min–max", "of best", "CPU s", "of best", "peak MiB", "of best"]
    head += [heading for heading, _ in extra]
    lines = [f"### {table['name']}: {table['title']}", "", row(head)]
    lines.append("| --- |" + " ---: |" * (len(head) - 1))
    notes = list(table["notes"])
    for name in sorted(sums):
        value = sums[name]
        for fault in value["faults"]:
            count = sum(run["fault"] == fault for run in table["runs"][name])
            notes.append(f"{name} {fault} ({count} of {value['runs']} runs).")
        if not value["right"]:
            met = value["met"] and table["compare"]
            rest = ["" for _ in head[2:]]
            if met:
                rest[-1] = f"{value['met']} of {value['runs']}"
            lines.append(row([name, value["faults"][0].split(":")[0], *rest]))
            continue
        low, high = value["spread"]
        cells = [name, seconds(value["wall"]), f"{seconds(low)}–{seconds(high)}",
                 ratio(value["wall"], bases["wall"]), f"{value['cpu']:.3f}",
                 ratio(value["cpu"], bases["cpu"]), f"{value['memory']:.1f}",
                 ratio(value["memory"], bases["memory"])]
        lines.append(row(cells + [say(name, value) for _, say in extra]))
    if table["date"] != results["head"]["date"]:
        notes.append(f"Run on {table['date']}.")
    word = "round" if table["rounds"] == 1 else "rounds"
    lines += ["", " ".join([f"{table['rounds']} {word}.", *notes])]
    return "\n".join(lines) + "\n"


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def summary(results):
    """One row for each trial: adm, and how it stands to the best other program."""
    lines = [
        row(["case", "adm wall s", "best other", "its wall s", "wall ratio", "CPU ratio",
             "adm peak MiB", "memory ratio"]),
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for table in results["tables"]:
        sums = programs(table)
        own = sums.get("adm")
        name, wall = best(sums, "wall")
        if own is None or not own["right"]:
            fault = own["faults"][0].split(":")[0] if own else "not run"
            lines.append(row([table["name"], fault, name or "–", "", "", "", "", ""]))
            continue
        lines.append(row([
            table["name"], seconds(own["wall"]), name or "–", seconds(wall) if wall else "–",
            ratio(own["wall"], wall), ratio(own["cpu"], best(sums, "cpu")[1]),
            f"{own['memory']:.1f}", ratio(own["memory"], best(sums, "memory")[1]),
        ]))
    return "\n".join(lines) + "\n"


def faults_of_adm(results):
    return [f"{table['name']}: {fault}" for table in results["tables"]
            for fault in summed(table["runs"].get("adm", []))["faults"]]


def head(results):
    facts = results["head"]
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    scale = "" if facts["scale"] == 1 else f", sizes × {facts['scale']:g}"
    return (
        f"Run on {facts['date']} with `{facts['command']}`: {facts['cores']} cores,"
        f" up to {facts['rounds']} rounds{scale},"
        f" Linux {facts['kernel']}. Versions: {versions}.\n"
    )


def text(results, svg=None):
    parts = ["# Benchmarks\n", INTRODUCTION, head(results), "## Summary\n", summary(results)]
    if svg:
        parts.append(f"![Wall time of every program, relative to the best one but adm]({svg})\n")
    for item in results["skipped"]:
        parts.append(f"Left out: {item['name']}, because {item['reason']}.\n")
    parts.append(pathlib.Path(__file__).with_name("causes.md").read_text())
    parts.append("## Cases\n")
    parts += [section(table, results) for table in results["tables"]]
    return "\n".join(parts)


def write(path, results, svg=None):
    """Writes the report; the section about the queue, which another program writes, stays."""
    path = pathlib.Path(path)
    old = path.read_text() if path.exists() else ""
    _, found, queue = old.partition(f"\n{QUEUE}")
    link = os.path.relpath(svg, path.parent) if svg else None
    path.write_text(text(results, link) + (f"\n{QUEUE}{queue}" if found else ""))
