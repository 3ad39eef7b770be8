"""Draws the distributions of a bench as SVG: a panel for each scenario, a row for each program."""

import statistics
from html import escape

WIDTH, LEFT, RIGHT = 1000, 110, 165
ROW, PANEL_HEAD, PANEL_FOOT, TOP = 30, 34, 34, 50
COLOURS = {"floor": "#7a7a7a", "ocirt": "#0b6e4f", "crun": "#c8553d", "runc": "#2d5d9f"}
OTHER_COLOURS = ["#8a5a9e", "#b08900", "#3a8fa3"]


def axis_of(largest_ms):
    """Step and end of an axis from 0 with about six round marks."""
    power = 1.0
    while power * 10 <= largest_ms / 6:
        power *= 10
    while power > largest_ms / 6:
        power /= 10
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= largest_ms / 6)
    marks = int(largest_ms / step) + 1
    return step, step * marks


def text(x, y, words, size=13, anchor="start", colour="#222", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}" font-weight="{weight}">{escape(words)}</text>')


def line(x1, y1, x2, y2, colour, width=1.0):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="{width}"/>')


def draw_row(name, times_ms, y, x_of, end_ms, colour):
    """Box from quartile to quartile with the median across it, each run a dot below."""
    low, middle, high = statistics.quantiles(times_ms, n=4, method="inclusive")
    parts = [text(LEFT - 12, y + 4, name, anchor="end", weight="bold", colour=colour)]
    for index, value in enumerate(times_ms):
        if value > end_ms:
            continue
        jitter = (index * 7 % 5 - 2) * 1.6  # spread, but the same in every drawing
        parts.append(f'<circle cx="{x_of(value):.1f}" cy="{y + jitter:.1f}" r="2" '
                     f'fill="{colour}" fill-opacity="0.45"/>')
    parts.append(f'<rect x="{x_of(low):.1f}" y="{y - 8}" width="{max(x_of(high) - x_of(low), 1):.1f}"'
                 f' height="16" fill="{colour}" fill-opacity="0.15" stroke="{colour}"/>')
    parts.append(line(x_of(middle), y - 10, x_of(middle), y + 10, colour, 2.5))
    beyond = sum(value > end_ms for value in times_ms)
    note = f" ({beyond} beyond)" if beyond else ""
    parts.append(text(WIDTH - RIGHT + 12, y + 4, f"{middle:.2f} ms{note}", size=12))
    return parts


def draw_panel(title, rows, top):
    """A panel with its own axis from 0. A few wild outliers may lie beyond it; they are counted."""
    largest_ms = max(statistics.quantiles(times, n=20, method="inclusive")[-1] / 1000
                     for _, times in rows)
    step, end_ms = axis_of(largest_ms * 1.05)
    bottom = top + PANEL_HEAD + ROW * len(rows)

    def x_of(ms):
        return LEFT + ms / end_ms * (WIDTH - LEFT - RIGHT)

    parts = [text(LEFT, top + 18, title, size=15, weight="bold")]
    for mark in range(round(end_ms / step) + 1):
        x = x_of(mark * step)
        parts.append(line(x, top + PANEL_HEAD - 6, x, bottom, "#ddd"))
        parts.append(text(x, bottom + 15, f"{mark * step:g}", size=11, anchor="middle",
                          colour="#666"))
    others = iter(OTHER_COLOURS * len(rows))
    for index, (name, times) in enumerate(rows):
        colour = COLOURS.get(name) or next(others)
        y = top + PANEL_HEAD + ROW * index + ROW / 2 - 2
        parts += draw_row(name, [value / 1000 for value in times], y, x_of, end_ms, colour)
    return parts, bottom + PANEL_FOOT


def draw(panels):
    """`panels`: (title, [(program, times in µs)]). Returns the SVG document."""
    parts = [text(LEFT, 24, "Milliseconds of each run, from 0; less is better", size=13,
                  colour="#444"),
             text(LEFT, 40, "box: quartiles; bar: median; dot: one run", size=11, colour="#666")]
    y = TOP
    for title, rows in panels:
        if not rows:
            continue
        drawn, y = draw_panel(title, rows, y)
        parts += drawn
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" '
            f'viewBox="0 0 {WIDTH} {y}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">'
            f'<rect width="{WIDTH}" height="{y}" fill="white"/>')
    return "\n".join([head, *parts, "</svg>"]) + "\n"
