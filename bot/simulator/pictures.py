"""Small drawn pictures for people who have no photo at hand: a house front, a stove, a hall."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

_WIDTH, _HEIGHT = 960, 720


@lru_cache(maxsize=32)
def draw(number: int) -> bytes:
    """JPEG bytes of the picture with this number: three scenes, then the same from nearer, from another side, in another
    light. The first hundred are as different as photographs are."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT))
    scene, view = (_house, _stove, _hall)[number % 3], number // 3
    scene(ImageDraw.Draw(image), (view * 47) % 120)
    out = io.BytesIO()
    _seen_from(image, view).save(out, "JPEG", quality=82)
    return out.getvalue()


def _seen_from(image: Image.Image, view: int) -> Image.Image:
    """The whole for the first view; then a part of it each time, from further and from nearer."""
    if view == 0:
        return image
    place, near = (view - 1) * 7 % 16, (view - 1) // 16 % 2
    wide, high = (_WIDTH // 2, _HEIGHT // 2) if near else (_WIDTH * 2 // 3, _HEIGHT * 2 // 3)
    left, top = place % 4 * (_WIDTH - wide) // 3, place // 4 * (_HEIGHT - high) // 3
    return image.crop((left, top, left + wide, top + high)).resize((_WIDTH, _HEIGHT))


def _sky(pen: ImageDraw.ImageDraw, light: int) -> None:
    for y in range(_HEIGHT):
        share = y / _HEIGHT
        pen.line([(0, y), (_WIDTH, y)], fill=(int(150 + 80 * share), int(190 + 40 * share), 235 - light))


def _house(pen: ImageDraw.ImageDraw, light: int) -> None:
    """A tiled house in front of two hills."""
    _sky(pen, light)
    pen.ellipse([-200, 330, 620, 1100], fill=(126, 160, 112))
    pen.ellipse([420, 380, 1250, 1100], fill=(146, 176, 120))
    pen.rectangle([0, 560, _WIDTH, _HEIGHT], fill=(190, 168, 130))
    pen.rectangle([230, 330, 730, 590], fill=(238, 228, 208 - light // 3))
    pen.polygon([(190, 340), (300, 215), (660, 215), (770, 340)], fill=(110, 74, 66))
    for x in range(210, 760, 22):
        pen.line([(x, 338), (300 + (x - 190) * 0.62, 217)], fill=(92, 60, 54), width=3)
    pen.rectangle([440, 410, 530, 590], fill=(128, 84, 56))
    pen.line([(485, 410), (485, 590)], fill=(96, 60, 40), width=4)
    for x in (280, 600):
        pen.rectangle([x, 410, x + 90, 490], fill=(156, 188, 200), outline=(120, 84, 60), width=6)
        pen.line([(x + 45, 410), (x + 45, 490)], fill=(120, 84, 60), width=5)
    pen.rectangle([415, 395, 430, 585], fill=(190, 54, 46))
    pen.rectangle([540, 395, 555, 585], fill=(190, 54, 46))


def _stove(pen: ImageDraw.ImageDraw, light: int) -> None:
    """A brick stove with a pot and a fire."""
    pen.rectangle([0, 0, _WIDTH, _HEIGHT], fill=(214, 200 - light // 4, 178))
    pen.rectangle([0, 590, _WIDTH, _HEIGHT], fill=(150, 132, 112))
    pen.rectangle([180, 330, 780, 620], fill=(176, 106, 82))
    for row, y in enumerate(range(330, 620, 42)):
        pen.line([(180, y), (780, y)], fill=(206, 150, 126), width=4)
        for x in range(180 + (row % 2) * 40, 780, 80):
            pen.line([(x, y), (x, y + 42)], fill=(206, 150, 126), width=4)
    pen.rectangle([150, 300, 810, 344], fill=(226, 218, 204))
    pen.pieslice([400, 450, 560, 690], 180, 360, fill=(48, 36, 32))
    pen.polygon([(430, 572), (455, 495), (480, 545), (500, 480), (535, 572)], fill=(244, 150, 52))
    pen.polygon([(455, 572), (480, 520), (510, 572)], fill=(252, 214, 94))
    pen.pieslice([320, 200, 640, 400], 0, 180, fill=(70, 72, 78))
    pen.rectangle([300, 286, 660, 306], fill=(92, 94, 100))
    for x in (420, 480, 540):
        pen.arc([x - 20, 90, x + 20, 190], 250, 70, fill=(245, 245, 245), width=7)
        pen.arc([x - 20, 170, x + 20, 270], 70, 250, fill=(245, 245, 245), width=7)
    pen.rectangle([80, 60, 210, 230], fill=(168, 200, 214), outline=(132, 100, 74), width=8)


def _hall(pen: ImageDraw.ImageDraw, light: int) -> None:
    """A hall with a table, two benches and a calendar on the wall."""
    pen.rectangle([0, 0, _WIDTH, _HEIGHT], fill=(234, 224 - light // 5, 204))
    pen.polygon([(0, _HEIGHT), (150, 500), (810, 500), (_WIDTH, _HEIGHT)], fill=(178, 152, 122))
    pen.line([(150, 500), (150, 0)], fill=(206, 194, 172), width=4)
    pen.line([(810, 500), (810, 0)], fill=(206, 194, 172), width=4)
    pen.rectangle([390, 90, 570, 330], fill=(252, 250, 244), outline=(190, 54, 46), width=8)
    pen.rectangle([390, 90, 570, 150], fill=(190, 54, 46))
    for y in range(180, 320, 32):
        for x in range(412, 560, 28):
            pen.rectangle([x, y, x + 12, y + 12], fill=(160, 160, 160))
    pen.polygon([(270, 470), (690, 470), (760, 540), (200, 540)], fill=(140, 92, 60))
    pen.rectangle([200, 540, 760, 562], fill=(112, 72, 46))
    for x in (222, 718):
        pen.rectangle([x, 562, x + 22, 690], fill=(112, 72, 46))
    pen.ellipse([440, 440, 520, 480], fill=(240, 240, 236))
    pen.rectangle([455, 410, 505, 460], fill=(240, 240, 236))
    for x in (60, 800):
        pen.rectangle([x, 600, x + 110, 622], fill=(128, 84, 56))
        pen.rectangle([x + 8, 622, x + 22, 690], fill=(128, 84, 56))
        pen.rectangle([x + 88, 622, x + 102, 690], fill=(128, 84, 56))
