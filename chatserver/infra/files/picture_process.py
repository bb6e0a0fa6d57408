"""A process of its own that makes one picture anew: reads it from standard input, writes it to standard output.

It is started for one picture, may use little memory and time, and imports nothing of the product. The first line of
what it writes is `TYPE WIDTH HEIGHT`, or `refused WORD`.
"""

import io
import resource
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

LIMITS: Final = {
    resource.RLIMIT_AS: 1_500_000_000,  # bytes: 40 million pixels, twice, and the libraries
    resource.RLIMIT_CPU: 6,  # seconds
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
    image: Image.Image = Image.open(io.BytesIO(data), formats=(FORMATS[kind],))
    if image.width * image.height > PIXELS:
        return b"refused large\n"
    if kind == "image/jpeg":
        image.draft("RGB", _kept_size(image))  # a JPEG can be unpacked smaller at once
    image = ImageOps.exif_transpose(image) or image
    image = image.convert("RGBA" if _has_transparency(image) else "RGB")
    image.thumbnail(_kept_size(image))
    image.info.clear()  # comments, profiles and the like would be written again
    kept = "image/png" if kind == "image/gif" else kind
    if kept == "image/png" and image.mode == "RGB" and image.width * image.height > PIXELS_AS_PNG:
        kept = "image/jpeg"
    out = io.BytesIO()
    image.save(out, FORMATS[kept], **OPTIONS[kept])
    return f"{kept} {image.width} {image.height}\n".encode() + out.getvalue()


def _has_transparency(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _kept_size(image: Image.Image) -> tuple[int, int]:
    shrink = min(1.0, (PIXELS_KEPT / (image.width * image.height)) ** 0.5)
    return max(1, round(image.width * shrink)), max(1, round(image.height * shrink))


if __name__ == "__main__":
    main()
