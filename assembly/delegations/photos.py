"""Turns an uploaded picture into a plain JPEG: no metadata, no second content, no bomb."""

import io
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from assembly.core.errors import PlannerError

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000
LEAST_SIDE: Final = 200
LONGEST_SIDE: Final = 800


class UnusablePhoto(PlannerError):
    """The file is no picture we take; the message says what to do."""


def portrait(content: bytes) -> bytes:
    """The picture as a JPEG of at most 800 pixels a side, turned upright. Raises UnusablePhoto."""
    if len(content) > MOST_BYTES:
        raise UnusablePhoto(_("This photo is larger than 8 MB. Upload a smaller one."))
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnusablePhoto(_("This photo has too many pixels. Upload a smaller one."))
            if min(picture.size) < LEAST_SIDE:
                raise UnusablePhoto(_("This photo is too small: 200 pixels a side at least."))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise UnusablePhoto(_("We could not read this file. Upload a JPEG or PNG.")) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
