"""A process of its own that makes one picture anew: reads it from standard input, writes it to standard output.

It is started for one picture, may use little memory and time, and imports nothing of the product. The first line of
what it writes is `TYPE WIDTH HEIGHT`, or `refused WORD`.
"""

import io
import math
import resource
import signal
import sys
from contextlib import suppress
from typing import Final

from PIL import Image, ImageOps

PIXELS: Final = 40_000_000
"""More than any phone's camera in its usual mode; a few bytes can claim billions."""

PIXELS_KEPT: Final = 12_000_000
"""Enough to read a screenshot of a long page; larger ones are made smaller."""

PIXELS_AS_PNG: Final = 4_000_000
"""A larger PNG would take seconds to pack: without transparency it becomes a JPEG."""

DECODE_S: Final = 1.0
"""Processor time to unpack a picture: 40 million pixels take half of it, a trap of a thousand scans for ever."""

LIMITS: Final = {
    resource.RLIMIT_AS: 1_500_000_000,  # bytes: 40 million pixels, twice, and the libraries
    resource.RLIMIT_CPU: 3,  # seconds, packing included
    resource.RLIMIT_FSIZE: 0,  # it writes no file
    resource.RLIMIT_CORE: 0,
}

FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}

OPTIONS: Final[dict[str, dict[str, int]]] = {
    "image/jpeg": {"quality": 88},
    "image/png": {"compress_level": 4},
    "image/webp": {"quality": 85, "method": 2},
}
"""Quick to pack, and good enough to read small type in a screenshot."""


def main() -> None:
    """Make the picture on standard input anew; its type is the only argument."""
    for what, most in LIMITS.items():
        with suppress(ValueError, OSError):  # macOS does not know all of them
            resource.setrlimit(what, (most, most))
    Image.MAX_IMAGE_PIXELS = None  # looked at by ourselves, before anything is unpacked
    try:
        answer = remake(sys.stdin.buffer.read(), sys.argv[1])
    except MemoryError:
        answer = b"refused large\n"
    except Exception:  # whatever a library says of a broken or hostile file
        answer = b"refused broken\n"
    sys.stdout.buffer.write(answer)


def remake(data: bytes, kind: str) -> bytes:
    """The picture with nothing but its pixels, turned as it is meant to be seen."""
    image = _unpacked(data, kind)
    if image is None:
        return b"refused large\n"
    kept = "image/png" if kind == "image/gif" else kind
    if kept == "image/png" and image.mode == "RGB" and image.width * image.height > PIXELS_AS_PNG:
        kept = "image/jpeg"
    out = io.BytesIO()
    image.save(out, FORMATS[kept], **OPTIONS[kept])
    return f"{kept} {image.width} {image.height}\n".encode() + out.getvalue()


def _unpacked(data: bytes, kind: str) -> Image.Image | None:
    """The pixels that are kept; None when there are too many. Whoever takes too long is ended by the system."""
    signal.setitimer(signal.ITIMER_PROF, DECODE_S)
    image: Image.Image = Image.open(io.BytesIO(data), formats=(FORMATS[kind],))
    if image.width * image.height > PIXELS:
        return None
    shrink = math.ceil((image.width * image.height / PIXELS_KEPT) ** 0.5)
    if kind == "image/jpeg":  # can be unpacked smaller at once
        image.draft("RGB", (max(1, image.width // shrink), max(1, image.height // shrink)))
        shrink = math.ceil((image.width * image.height / PIXELS_KEPT) ** 0.5)
    image.load()
    signal.setitimer(signal.ITIMER_PROF, 0)
    image = ImageOps.exif_transpose(image) or image
    if shrink > 1 and image.mode in {"RGB", "RGBA", "L", "LA"}:
        image = image.reduce(shrink)  # whole numbers: three times as quick as any other size
    image = image.convert("RGBA" if _has_transparency(image) else "RGB")
    image = image.reduce(shrink) if image.width * image.height > PIXELS_KEPT else image
    image.info.clear()  # comments, profiles and the like would be written again
    return image


def _has_transparency(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


if __name__ == "__main__":
    main()
