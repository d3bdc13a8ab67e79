"""Plots as SVG that stand alone and read in light and dark: attributes have the light colours, a style sheet those of the dark scheme."""
import html
import math

from harness.report import number, size_name

WIDTH = 760
COLOURS = {"penstock": 0, "nginx": 1, "haproxy": 2, "haproxy + jwt": 3, "apache + oidc": 4, "nginx + modsecurity": 5,
           "apache + modsecurity": 6, "penstock, forwarding only": 7, "nginx, as installed": 7}
LIGHT = ["#0a63c2", "#b84308", "#1f7d43", "#7d39b8", "#8f6c00", "#bb1f55", "#06797f", "#5f6670"]
DARK = ["#6db3fa", "#f59a6b", "#6fd092", "#c391f2", "#e2c05e", "#f483aa", "#5ccdd2", "#a9b0ba"]


# What each kind of mark looks like in light, as attributes, which every viewer knows; (attribute, in dark) where it differs there.
INK, SOFT, GRID, BACK = ("#1c2128", "#e6e9ee"), ("#59636e", "#9aa4b0"), ("#d5dae0", "#343b44"), ("#ffffff", "#14181d")
MARKS = {"ink": ("fill", *INK), "soft": ("fill", *SOFT), "grid": ("stroke", *GRID), "axis": ("stroke", *SOFT), "back": ("fill", *BACK),
         **{f"f{i}": ("fill", *both) for i, both in enumerate(zip(LIGHT, DARK))}, **{f"s{i}": ("stroke", *both) for i, both in enumerate(zip(LIGHT, DARK))}}


def style():
    """Only what is dark: a viewer that reads no style sheets, or no media queries, shows the light attributes on a light ground."""
    dark = "".join(f".plot .{mark}{{{attribute}:{colour}}}" for mark, (attribute, _, colour) in MARKS.items())
    return f"<style>@media(prefers-color-scheme:dark){{{dark}}}</style>"


def look(mark):
    attribute, light, _ = MARKS[mark]
    return f'class="{mark}" {attribute}="{light}"' + (' fill="none"' if attribute == "stroke" else "")


def document(title, height, parts, width=WIDTH):
    return (f'<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label='
            f'"{html.escape(title)}" width="{width}" height="{height}" font-family="system-ui, sans-serif" font-size="12">'
            f'<title>{html.escape(title)}</title>{style()}<rect width="{width}" height="{height}" {look("back")}/>' + "".join(parts) + "</svg>\n")


def text(x, y, words, anchor="start", mark="ink", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {look(mark)}{more}>{html.escape(str(words))}</text>'


def heading(x, words):
    return text(x, 20, words, more=' font-size="14" font-weight="600"')


def line(x1, y1, x2, y2, mark, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look(mark)} stroke-width="{width}"/>'


def colour_of(name, order):
    return COLOURS.get(name, order % len(LIGHT))


def log_ticks(low, high):
    ticks, power = [], math.floor(math.log10(low))
    while 10 ** power <= high * 1.0001:
        for factor in ((1,) if high / low > 300 else (1, 2, 5)):
            tick = factor * 10 ** power
            if low * 0.9999 <= tick <= high * 1.0001:
                ticks.append(tick)
        power += 1
    return ticks or [low, high]


def linear_ticks(high):
    step = 10 ** math.floor(math.log10(high / 4)) if high > 0 else 1
    while high / step > 6:
        step *= 2 if high / step <= 12 else 2.5 if high / step <= 15 else 5
    return [i * step for i in range(int(high / step) + 1)]


def tick_name(value):
    return f"{value:,.6g}"


class Scale:
    """Values to places, on a straight or a logarithmic axis; with `decade` that begins at a power of ten, so that bars have a length."""

    def __init__(self, values, begin, end, log, decade=False):
        values = [value for value in values if value is not None and (value > 0 or not log)] or [1]
        self.begin, self.end, self.log = begin, end, log
        if log:
            self.low, self.high = min(values) / 1.15, max(values) * 1.15
            if decade:
                self.low = 10 ** math.floor(math.log10(min(values) / 1.05))
            self.ticks = log_ticks(self.low, self.high)
        else:
            self.low, self.high = 0, max(values) * 1.08 or 1
            self.ticks = linear_ticks(self.high)

    def at(self, value):
        if self.log:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)


def bars(plot):
    rows = [(label, one) for label, one in plot["rows"] if one["median"] is not None]
    left, top, step = 12 + max([len(label) for label, _ in rows] or [1]) * 6.6, 52, 26
    height = top + step * len(rows) + 34
    values = [value for _, one in rows for value in (one["median"], one["low"], one["high"])]
    scale = Scale(values, left, WIDTH - 78, plot["log"], decade=True)
    parts = [heading(12, plot["title"]), text(12, 38, plot["unit"], mark="soft")]
    for tick in scale.ticks:
        parts += [line(scale.at(tick), top - 6, scale.at(tick), height - 28, "grid"),
                  text(scale.at(tick), height - 12, tick_name(tick), "middle", "soft")]
    for place, (label, one) in enumerate(rows):
        y = top + place * step
        colour = colour_of(label.split(",")[0] if label not in COLOURS else label, 0)
        begin = scale.at(scale.low)
        parts += [text(left - 8, y + 13, label, "end"),
                  f'<rect x="{begin:.1f}" y="{y + 2}" width="{max(scale.at(one["median"]) - begin, 1):.1f}" height="15" rx="2" {look(f"f{colour}")}>'
                  f'<title>{html.escape(label)}: {number(one["median"])} ({number(one["low"])} to {number(one["high"])})</title></rect>']
        if one["n"] > 1:
            parts.append(line(scale.at(one["low"]), y + 9.5, scale.at(one["high"]), y + 9.5, "axis"))
        parts.append(text(scale.at(max(one["high"], one["median"])) + 6, y + 14, number(one["median"])))
    return document(plot["title"], height, parts)


def markers(points, x_scale, y_scale, colour, name):
    parts = []
    path = " ".join(f"{'L' if i else 'M'}{x_scale.at(x):.1f} {y_scale.at(one['median']):.1f}" for i, (x, one) in enumerate(points))
    parts.append(f'<path d="{path}" {look(f"s{colour}")} stroke-width="2"/>')
    for x, one in points:
        if one["n"] > 1 and one["high"] > one["low"]:
            parts.append(line(x_scale.at(x), y_scale.at(one["low"]), x_scale.at(x), y_scale.at(one["high"]), f"s{colour}", 1.2))
        parts.append(f'<circle cx="{x_scale.at(x):.1f}" cy="{y_scale.at(one["median"]):.1f}" r="3.5" {look(f"f{colour}")}><title>'
                     f'{html.escape(name)} at {number(x)}: {number(one["median"])} ({number(one["low"])} to {number(one["high"])})</title></circle>')
    return parts


def lines(plot):
    series = {name: [(x, one) for x, one in points if one["median"] is not None] for name, points in plot["series"].items()}
    series = {name: points for name, points in series.items() if points}
    height, left, top, bottom = 380, 70, 52, 300
    xs = [x for points in series.values() for x, _ in points]
    ys = [value for points in series.values() for _, one in points for value in (one["median"], one["low"], one["high"])]
    x_scale, y_scale = Scale(xs, left, WIDTH - 24, plot["log_x"]), Scale(ys, bottom, top, plot["log_y"])
    parts = [heading(12, plot["title"]), text(12, 38, plot["y_label"], mark="soft")]
    for tick in y_scale.ticks:
        parts += [line(left, y_scale.at(tick), WIDTH - 24, y_scale.at(tick), "grid"),
                  text(left - 8, y_scale.at(tick) + 4, tick_name(tick), "end", "soft")]
    # What was measured is what is named, as long as the names have room.
    named, x_name = sorted(set(xs)) if len(set(xs)) <= 9 else x_scale.ticks, size_name if plot["sizes"] else tick_name
    for tick in named:
        parts += [line(x_scale.at(tick), bottom, x_scale.at(tick), bottom + 5, "axis"),
                  text(x_scale.at(tick), bottom + 20, x_name(tick), "middle", "soft")]
    parts += [line(left, bottom, WIDTH - 24, bottom, "axis"), text(WIDTH - 24, bottom + 38, plot["x_label"], "end", "soft")]
    x, y = left, bottom + 58
    for order, (name, points) in enumerate(series.items()):
        colour = colour_of(name, order)
        parts += markers(points, x_scale, y_scale, colour, name)
        if x + 24 + len(name) * 7 > WIDTH:
            x, y = left, y + 18
        parts += [f'<rect x="{x}" y="{y - 9}" width="14" height="10" rx="2" {look(f"f{colour}")}/>', text(x + 20, y, name)]
        x += 40 + len(name) * 7
    return document(plot["title"], height, parts)


def grow(stacks):
    """The tree of all stacks: {name: [samples, children]}"""
    root = [sum(stacks.values()), {}]
    for stack, samples in stacks.items():
        at = root
        for frame in stack:
            at = at[1].setdefault(frame, [0, {}])
            at[0] += samples
    return root


def flame(plot):
    width, row, top = 960, 17, 40
    root = grow(plot["stacks"])
    boxes, deepest = [], 0

    def lay(name, node, x, depth):
        nonlocal deepest
        share = node[0] / root[0]
        if share * width < 0.6 or depth > 60:
            return
        deepest = max(deepest, depth)
        boxes.append((name, share, x, depth))
        at = x
        for child, below in sorted(node[1].items()):
            lay(child, below, at, depth + 1)
            at += below[0] / root[0]

    lay("all", root, 0.0, 0)
    height = top + (deepest + 1) * row + 8
    parts = [heading(8, plot["title"])]
    for name, share, x, depth in boxes:
        y, wide = height - 8 - (depth + 1) * row, share * width
        # One colour for ours, others for libraries and the kernel, so that the picture says whose time it is.
        colour = 0 if name.startswith("pen_") else 7 if name.startswith("[") or depth == 0 else 1 + sum(map(ord, name[:3])) % 6
        words = name if len(name) * 7 < wide - 4 else name[:max(int((wide - 4) / 7) - 1, 0)] + "…" if wide > 40 else ""
        parts.append(f'<g><title>{html.escape(name)}: {share:.1%}</title><rect x="{x * width:.2f}" y="{y}" width="{max(wide - 0.5, 0.3):.2f}" '
                     f'height="{row - 1}" {look(f"f{colour}")} fill-opacity="0.35"/>'
                     + (text(x * width + 3, y + 12, words, more=' font-size="11"') if words else "") + "</g>")
    return document(plot["title"], height, parts, width)


def draw(plot):
    return {"bars": bars, "lines": lines, "flame": flame}[plot["kind"]](plot)
