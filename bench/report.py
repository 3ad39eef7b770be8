"""Prints the table of a bench from its raw numbers, and writes it with the picture beside them.

Also on its own: report.py DIR reads DIR/raw.json again.
"""

import json
import pathlib
import statistics
import sys

import chart


def totals_us(case):
    """Microseconds of each whole run: the sum over its steps."""
    return [sum(steps) for steps in zip(*case["times_us"].values())]


def quartiles(values):
    """Lower quartile, median, upper quartile."""
    return statistics.quantiles(values, n=4, method="inclusive")


def timed_rows(scenario):
    """(program, step, times in µs) with the steps of a run above their sum."""
    rows = []
    for case in scenario["cases"]:
        if case["failure"]:
            continue
        if len(case["times_us"]) > 1:
            rows += [(case["program"], step, times) for step, times in case["times_us"].items()]
        rows.append((case["program"], "", totals_us(case)))
    return rows


def ratio(value, base):
    return f"{value / base:.2f}" if value and base else "-"


def format_table(header, rows):
    """Plain columns: the first aligned left, the others right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    def line(row):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        return "  " + "   ".join(cells).rstrip()

    return [line(header), "  " + "-" * (len(line(header)) - 2), *map(line, rows)]


def timed_table(scenario):
    medians = {program: statistics.median(times)
               for program, step, times in timed_rows(scenario) if not step}
    rows = []
    for program, step, times in timed_rows(scenario):
        low, middle, high = (value / 1000 for value in quartiles(times))
        numbers = [f"{middle:.2f}", f"{low:.2f} - {high:.2f}"]
        if step:
            rows.append([f"  {program} {step}", *numbers, "", "", ""])
            continue
        against = [ratio(middle * 1000, medians.get(base)) for base in ["floor", "crun", "runc"]]
        rows.append([program, *numbers, *against])
    lines = format_table(["ms", "median", "q1 - q3", "/ floor", "/ crun", "/ runc"], rows)
    lines += [f"  {case['program']} failed: {case['failure']}"
              for case in scenario["cases"] if case["failure"]]
    ours = medians.get("ocirt")
    peers = [f"{medians[peer] / ours:.1f} times faster than {peer}"
             for peer in ["crun", "runc"] if ours and peer in medians]
    if peers:
        lines.append("  ocirt is " + ", ".join(peers))
    return lines


def thousands(number):
    return f"{number:,}".replace(",", " ")


def counted_cells(name, row):
    if "skipped" in row:
        return ["skipped: " + row["skipped"], ""]
    if name == "memory":
        limit = row.get("limit_kib")
        return [thousands(row["peak_rss_kib"]), thousands(limit) if limit else "-"]
    if name == "syscalls":
        most = sorted(row["by_name"].items(), key=lambda item: -item[1])[:5]
        return [thousands(row["calls"]), ", ".join(f"{call} {n}" for call, n in most)]
    bound = "> " if row.get("is_lower_bound") else ""
    return [bound + thousands(row["instructions"]), str(row.get("tasks", ""))]


COUNT_HEADERS = {
    "memory": ("Peak memory of run", ["KiB", "peak RSS", "smallest limit"]),
    "syscalls": ("System calls of run", ["", "calls", "most frequent"]),
    "instructions": ("Instructions of run", ["", "instructions", "processes and threads"]),
}


def counted_table(name, count):
    if "skipped" in count:
        return ["  skipped: " + count["skipped"]]
    rows = [[f"{row['program']}, {row['bundle']}", *counted_cells(name, row)]
            for row in count["rows"]]
    lines = format_table(COUNT_HEADERS[name][1], rows) + ["  " + count["method"]]
    if count.get("no_limit_because"):
        lines.append("  no smallest limit: " + count["no_limit_because"])
    return lines


def as_text(result):
    host = result["host"]
    lines = [f"{host['runs']} alternating runs each, {host['date']}, Linux {host['kernel']}, "
             f"{host['processors']} processors, load {host['load_average']:.2f} at the start"]
    lines += [f"{program['name']}: {program['version']}" for program in host["programs"]]
    lines += ["note: " + note for note in host["notes"]]
    if host["load_average"] > 0.5:
        lines.append("note: the machine was busy when this began: measure again before believing it")
    if not any(program["name"] == "ocirt" for program in host["programs"]):
        lines.append("note: ocirt was not built, so it is not in this report")
    for scenario in result["scenarios"]:
        lines += ["", f"{scenario['title']} ({scenario['scenario']})", *timed_table(scenario)]
    for name, count in result["counts"].items():
        lines += ["", f"{COUNT_HEADERS[name][0]} ({name})", *counted_table(name, count)]
    return "\n".join(lines) + "\n"


def write(result, out):
    text = as_text(result)
    (out / "table.txt").write_text(text)
    panels = [(scenario["title"], [(program, times) for program, step, times in timed_rows(scenario)
                                   if not step])
              for scenario in result["scenarios"]]
    picture = out / "times.svg"
    picture.unlink(missing_ok=True)  # that of an earlier bench would not fit these numbers
    if panels:
        picture.write_text(chart.draw(panels))
    print(text + f"\nraw numbers, table and picture are in {out}", flush=True)


if __name__ == "__main__":
    directory = pathlib.Path(sys.argv[1])
    write(json.loads((directory / "raw.json").read_text()), directory)
