"""The chart: for each trial a bar for every program, wall time relative to the best but adm."""
import html
import math

import report

WIDTH, COLUMN, LABEL, BAR, GAP, TITLE = 980, 470, 62, 12, 3, 22
MARGIN = 20
LOWEST, HIGHEST = 0.1, 30.0
TICKS = (0.1, 0.3, 1, 3, 10, 30)

STYLE = """
text { font: 11px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; font-size: 12px; }
.head { font-weight: 600; font-size: 15px; }
.quiet { fill: #57606a; }
.card { fill: #ffffff; stroke: #d0d7de; }
.line { stroke: #d0d7de; stroke-width: 1; }
.one { stroke: #57606a; stroke-width: 1; stroke-dasharray: 3 2; }
.adm { fill: #1f6feb; }
.peer { fill: #9aa4af; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .quiet { fill: #9da7b1; }
  .card { fill: #0d1117; stroke: #30363d; }
  .line { stroke: #30363d; }
  .one { stroke: #9da7b1; }
  .adm { fill: #58a6ff; }
  .peer { fill: #6e7681; }
}
"""


def place(value):
    """Where a ratio lies on the logarithmic axis, in pixels from its begin."""
    span = COLUMN - LABEL - 80
    value = min(max(value, LOWEST), HIGHEST)
    return span * math.log(value / LOWEST) / math.log(HIGHEST / LOWEST)


def words(x, y, text, kind="", anchor="start"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">'
            f"{html.escape(text)}</text>")


def group(table, x, y):
    """The bars of one trial; returns the shapes."""
    sums = report.programs(table)
    base = report.best(sums, "wall")[1]
    axis = x + LABEL
    height = len(sums) * (BAR + GAP)
    shapes = [words(x, y + 13, table["title"] if len(table["title"]) < 68 else table["name"],
                    "title")]
    top = y + TITLE
    for tick in TICKS:
        at = axis + place(tick)
        kind = "one" if tick == 1 else "line"
        shapes.append(f'<line class="{kind}" x1="{at:.1f}" y1="{top - 2}" x2="{at:.1f}"'
                      f' y2="{top + height}"/>')
    # The fastest first; what has no time at all comes last.
    order = sorted(sums, key=lambda name: sums[name]["wall"] or math.inf)
    for index, name in enumerate(order):
        value = sums[name]
        line = top + index * (BAR + GAP)
        shapes.append(words(axis - 6, line + BAR - 2, name, "quiet" if name != "adm" else "",
                            "end"))
        if not value["right"] or not base:
            fault = value["faults"][0].split(":")[0] if value["faults"] else "nothing to compare"
            shapes.append(words(axis + 4, line + BAR - 2, fault, "quiet"))
            continue
        relative = value["wall"] / base
        length = max(place(relative), 1)
        kind = "adm" if name == "adm" else "peer"
        shapes.append(f'<rect class="{kind}" x="{axis:.1f}" y="{line}" width="{length:.1f}"'
                      f' height="{BAR}" rx="2"/>')
        mark = "" if value["whole"] else f", {value['right']} of {value['runs']} right"
        shapes.append(words(axis + length + 5, line + BAR - 2, f"{relative:.2f}{mark}"))
    return shapes


def height_of(table):
    return TITLE + len(table["runs"]) * (BAR + GAP) + 16


def draw(results):
    """The whole chart as SVG text."""
    tables = results["tables"]
    total = sum(map(height_of, tables))
    shapes, column, y, lowest = [], 0, 74, 74
    for table in tables:
        if column == 0 and y - 74 + height_of(table) / 2 > total / 2:
            column, y = 1, 74
        shapes += group(table, MARGIN + column * (COLUMN + MARGIN), y)
        y += height_of(table)
        lowest = max(lowest, y)
    head = [
        words(MARGIN, 30, "Wall time relative to the best program besides adm", "head"),
        words(MARGIN, 50, "Shorter is faster; the dashed line is 1, the scale is logarithmic from"
              f" {LOWEST:g} to {HIGHEST:g}. {results['head']['date']}.", "quiet"),
    ]
    bottom = lowest + MARGIN // 2
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}"'
        f' width="{WIDTH}" height="{bottom}" role="img">',
        "<title>Wall time of every program, relative to the best one but adm</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{bottom - 1}" rx="8"/>',
        *head, *shapes, "</svg>",
    ]) + "\n"
