"""Photos: opened per second and core, in threads and in processes of their own; memory; twins among a million; how far
the same picture and another one are apart.

python -m tests.benchmarks.bench_photos
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from bot.decoders import Decoders
from bot.decoding import Seen
from models.photos.looks import NEAR, Looks
from tests.benchmarks.figures import record
from tests.stories.pictures import encode, scene

COMMAND = "python -m tests.benchmarks.bench_photos"
MOST = 50_000_000
SMALL, LARGE = (1280, 960), (4000, 3000)
Decode = Callable[[Path, Path, int], Seen]


def grain(picture: Image.Image, seed: int) -> Image.Image:
    """A scene with the fine detail of a photograph, without which files are too small and too easy."""
    noise = Image.effect_noise(picture.size, 18 + seed % 10).convert("RGB")
    return Image.blend(picture, noise, 0.12)


def write(folder: Path, name: str, size: tuple[int, int], pictures: int) -> list[Path]:
    paths = []
    for number in range(pictures):
        path = folder / f"{name}{number}.jpg"
        path.write_bytes(encode(grain(scene(number, size), number), quality=87))
        paths.append(path)
    return paths


def cpu_seconds(pids: list[int]) -> float:
    """What this process and those have used of the cores so far: a machine that is busy otherwise does not change it."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def per_core(decode: Decode, paths: list[Path], side_by_side: int, rounds: int, pids: Callable[[], list[int]]) -> float:
    """Pictures a second of computing; the first is not counted, which starts what has to be started."""
    numbers = count()

    def one(path: Path) -> Seen:
        return decode(path, path.with_name(f"{path.name}.{next(numbers)}.small"), MOST)

    with ThreadPoolExecutor(side_by_side) as threads:
        list(threads.map(one, paths[:side_by_side]))
        speeds = []
        for _ in range(rounds):
            began = cpu_seconds(pids())
            list(threads.map(one, paths))
            speeds.append(len(paths) / (cpu_seconds(pids()) - began))
    return statistics.median(speeds)


def memory_mb(line: str, pid: int | str = "self") -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(line)) / 1024


def speed_and_memory(folder: Path) -> None:
    small, large = write(folder, "small", SMALL, 24), write(folder, "large", LARGE, 4)
    sizes = [sum(path.stat().st_size for path in paths) / len(paths) / 1e3 for paths in (small, large)]
    print(f"files of {sizes[0]:.0f} kB and {sizes[1]:.0f} kB on average")
    one = Decoders(at_once=1)
    speed = per_core(one.decode, small, 1, 5, one.pids)
    record("photos of 1280 px a second and core", speed, "/s", ">= 40", speed >= 40, COMMAND)
    speed = per_core(one.decode, large, 1, 5, one.pids)
    record("originals of 12 megapixels a second and core", speed, "/s", ">= 12", speed >= 12, COMMAND)
    peak = memory_mb("VmHWM", one.pids()[0])
    record("peak memory of the process that opens photos", peak, "MB", "<= 150", peak <= 150, COMMAND)
    (folder / "most.png").write_bytes(encode(Image.new("RGB", (8000, 6250), (90, 120, 60)), "PNG"))
    one.decode(folder / "most.png", folder / "most.small", MOST)
    peak = memory_mb("VmHWM", one.pids()[0])
    record("the same after the largest PNG that is taken", peak, "MB", "<= 400", peak <= 400, COMMAND)
    one.close()
    processes_or_threads(folder, small)


def processes_or_threads(folder: Path, small: list[Path]) -> None:
    """The pool as it runs, beside threads of one process, which is the other way to do it."""
    pool = Decoders()
    processes = per_core(pool.decode, small, 2, 5, pool.pids)
    pool.close()
    code = (
        f"from tests.benchmarks import bench_photos as b; from pathlib import Path; b.in_threads(Path({str(folder)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    threads, more = map(float, done.stdout.split())
    ratio = processes / threads
    record("photos a core: two processes beside two threads", ratio, "x", ">= 0.8", ratio >= 0.8, COMMAND)
    print(f"     ({processes:.0f}/s and {threads:.0f}/s; threads keep {more:.0f} MB for ever, processes end)")


def in_threads(folder: Path) -> None:
    """Prints pictures a second and core, and by how much the process is larger afterwards, in MB."""
    from bot.decoding import decode

    before = memory_mb("VmRSS")
    speed = per_core(decode, sorted(folder.glob("small*.jpg")), 2, 5, list)
    print(speed, memory_mb("VmRSS") - before)


def search(looks_known: int) -> None:
    chance, looks, at_once = random.Random(1), Looks(), 10_000
    for start in range(0, looks_known, at_once):
        numbers = list(range(start + 1, start + at_once + 1))
        looks.add(numbers, [f"{chance.getrandbits(256):064x}" for _ in numbers])
    times = []
    for _ in range(60):
        wanted = f"{chance.getrandbits(256):064x}"
        began = time.perf_counter()
        looks.near(wanted)
        times.append((time.perf_counter() - began) * 1000)
    found = statistics.median(times)
    record(f"a twin among {len(looks):,} looks", found, "ms", "<= 5", found <= 5, COMMAND)


def form(number: int) -> Image.Image:
    """A page of one printed form, filled in by hand and held by hand: the hardest case of two different pictures."""
    chance = random.Random(number)
    page = Image.new("RGB", (960, 1280), (235, 232, 225))
    pen = ImageDraw.Draw(page)
    for y in range(100, 1220, 58):
        pen.line([(60, y), (900, y)], fill=(60, 60, 60), width=3)
        for left, right in ((260, 540), (570, 890)):
            for x in range(left, right - 20, 26):
                if chance.random() < 0.6:
                    pen.rectangle([x, y + 14, x + chance.randrange(6, 18), y + 42], fill=(30, 30, 90))
    for x in (60, 250, 560, 900):
        pen.line([(x, 100), (x, 1202)], fill=(60, 60, 60), width=3)
    turned = page.filter(ImageFilter.GaussianBlur(1)).rotate(chance.uniform(-2, 2), fillcolor=(120, 100, 80))
    edges = [chance.randrange(0, 25) for _ in range(4)]
    return turned.crop((edges[0], edges[1], 960 - edges[2], 1280 - edges[3]))


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "smaller": lambda picture: encode(picture.resize((picture.width // 3, picture.height // 3))),
    "recompressed": lambda picture: encode(picture, quality=30),
    "cropped by 1 %": lambda picture: encode(cut(picture)),
    "all three": lambda picture: encode(cut(picture).resize((picture.width // 2, picture.height // 2)), quality=50),
}


def cut(picture: Image.Image) -> Image.Image:
    """A hundredth off two sides that meet: the worst way to lose so much."""
    return picture.crop((round(picture.width * 0.01), round(picture.height * 0.01), picture.width, picture.height))


def look(folder: Path, content: bytes) -> int:
    from bot.decoding import decode

    (folder / "look").write_bytes(content)
    seen = decode(folder / "look", folder / "look.small", MOST)
    assert seen.look is not None
    return int(seen.look, 16)


def distances(folder: Path, pictures: int) -> None:
    """How many of 256 bits differ: the farthest of the same, the nearest of others."""
    kinds = {"scenes": [grain(scene(n), n) for n in range(pictures)], "forms": [form(n) for n in range(pictures)]}
    same, other = [], []
    for kind, drawn in kinds.items():
        looks = [look(folder, encode(picture)) for picture in drawn]
        for name, change in CHANGES.items():
            apart = [(look(folder, change(p)) ^ seen).bit_count() for p, seen in zip(drawn, looks, strict=True)]
            print(f"     {kind}, {name}: median {statistics.median(apart):.0f}, at most {max(apart)}")
            same += apart
        apart = [(a ^ b).bit_count() for n, a in enumerate(looks) for b in looks[:n]]
        print(f"     {kind}, another one: median {statistics.median(apart):.0f}, at least {min(apart)}")
        other += apart
    record("the same picture: bits apart at most", max(same), "of 256", f"<= {NEAR}", max(same) <= NEAR, COMMAND)
    record("another picture: bits apart at least", min(other), "of 256", f"> {NEAR}", min(other) > NEAR, COMMAND)


def main(looks: int, pictures: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        distances(folder, pictures)
        speed_and_memory(folder)
    search(looks)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=1_000_000)
    parser.add_argument("--pictures", type=int, default=60)
    options = parser.parse_args()
    main(options.looks, options.pictures)
