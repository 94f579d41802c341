"""The picture that a credential is baked into: a tick in a ring, unlike any office's seal."""

import io

from PIL import Image, ImageDraw

SIDE = 480
_MIDDLE = SIDE // 2
_OUTER, _INNER = 220, 196
_TICK = ((136, 246), (168, 214), (218, 264), (312, 170), (344, 202), (218, 328))
_BLUE, _CLEAR = (24, 88, 160, 255), (0, 0, 0, 0)
_FINENESS = 4
"""The picture is drawn so many times larger and then smoothed."""


def emblem_png() -> bytes:
    """Draw it as PNG on nothing."""
    side = SIDE * _FINENESS
    picture = Image.new("RGBA", (side, side), _CLEAR)
    drawing = ImageDraw.Draw(picture)
    for radius, colour in ((_OUTER, _BLUE), (_INNER, _CLEAR)):
        start, end = ((_MIDDLE + to) * _FINENESS for to in (-radius, radius))
        drawing.ellipse((start, start, end, end), fill=colour)
    drawing.polygon([(x * _FINENESS, y * _FINENESS) for x, y in _TICK], fill=_BLUE)
    stream = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(stream, format="PNG")
    return stream.getvalue()


def emblem_svg() -> str:
    """Draw it as SVG."""
    colour = "#{:02x}{:02x}{:02x}".format(*_BLUE)
    points = " ".join(f"{x},{y}" for x, y in _TICK)
    radius, width = (_OUTER + _INNER) // 2, _OUTER - _INNER
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<circle cx="{_MIDDLE}" cy="{_MIDDLE}" r="{radius}" fill="none" '
        f'stroke="{colour}" stroke-width="{width}"/>'
        f'<polygon points="{points}" fill="{colour}"/></svg>'
    )
