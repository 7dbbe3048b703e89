"""A scanned or photographed document as it comes: its pages, upright and plain, and how many dots an inch they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageChops, ImageOps

from moa.formats.kftc.evidence import tiff
from moa.formats.kftc.evidence.foreign import name_of
from moa.formats.kftc.evidence.quiet import without_messages
from moa.formats.kftc.evidence.refusal import EvidenceFault
from moa.formats.kftc.evidence.shrink_refusal import CannotShrink

_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "tif": "TIFF"}
# The most that phones take is 50 million; A4 at 600 dpi is 35.
_MOST_PIXELS = 64_000_000
# Width and height of A4 in tenths of a millimetre, an inch being 254 of them.
_A4_LONG, _A4_SHORT, _INCH = 2970, 2100, 254
# A page is neither smaller than a slip nor larger than A3 with a margin: a file that says so only repeats the 72 dpi
# that cameras write into everything.
_LEAST_INCHES, _MOST_INCHES = 3, 18
_TONES_APART = 100
_GREY_WITHIN = 24


@dataclass(frozen=True, slots=True)
class Scan:
    """Shape: `dpi` of the page that has the fewest; `kind` as Pillow names it."""

    data: bytes = field(repr=False)
    kind: str
    pages: int
    dpi: int

    def load(self, part: int) -> list[Image.Image]:
        """Every page at 1/`part` of its size (a power of two), grey or RGB; a page of two tones whole, in mode 1.

        A JPEG is decoded at that size and never becomes larger in memory.
        """
        try:
            with without_messages(), Image.open(BytesIO(self.data), formats=[self.kind]) as image:
                if self.kind == "JPEG":
                    image.draft(None, (image.width // part, image.height // part))
                    return [_without_grey_colours(_opaque(ImageOps.exif_transpose(image)))]
                pages = []
                for number in range(self.pages):
                    image.seek(number)
                    page = _opaque(ImageOps.exif_transpose(image))
                    pages.append(_bitonal(page) or _without_grey_colours(page.reduce(part)))
                return pages
        except CannotShrink:
            raise
        except Exception:
            # Whatever Pillow's decoders raise: there is no whole picture to make smaller.
            raise CannotShrink("evidence_not_a_picture") from None


def open_scan(data: bytes, extension: str) -> Scan:
    """Look at sizes only. Raises: CannotShrink when it is no such picture, moves, or would fill the memory."""
    kind = _FORMATS.get(extension.lower(), "")
    if name_of(data) != kind:
        raise CannotShrink("evidence_not_a_picture")
    try:
        if kind == "TIFF":
            _check_tiles(data)
        with without_messages(), Image.open(BytesIO(data), formats=[kind]) as image:
            pages = 1 if kind == "JPEG" else getattr(image, "n_frames", 1)
            if kind == "GIF" and pages > 1:
                raise CannotShrink("evidence_moves")
            pixels, dpi = 0, []
            for number in range(pages):
                image.seek(number)
                pixels += image.width * image.height
                dpi.append(_dots_per_inch(image))
    except CannotShrink:
        raise
    except Exception:
        raise CannotShrink("evidence_not_a_picture") from None
    if pixels > _MOST_PIXELS:
        raise CannotShrink("evidence_too_many_pixels", pixels=pixels, most=_MOST_PIXELS)
    return Scan(data, kind, pages, min(dpi))


def _check_tiles(data: bytes) -> None:
    """What a directory can make a decoder ask for beyond the page's own size."""
    try:
        layout = tiff.read_layout(data)
    except EvidenceFault as fault:
        raise CannotShrink("evidence_not_a_picture", reason=fault.reason) from None
    if max(page.tile for page in layout.pages) > _MOST_PIXELS:
        raise CannotShrink("evidence_too_many_pixels", most=_MOST_PIXELS)


def _dots_per_inch(image: Image.Image) -> int:
    """As the file says where that makes a page; else as if an A4 page filled the picture."""
    long, short = max(image.size), min(image.size)
    try:
        stated = round(min(image.info["dpi"]))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        stated = 0
    if stated > 0 and _LEAST_INCHES * stated <= long <= _MOST_INCHES * stated:
        return stated
    return min(long * _INCH // _A4_LONG, short * _INCH // _A4_SHORT)


def _opaque(image: Image.Image) -> Image.Image:
    """In mode 1, L or RGB, what was transparent on white paper; nothing but the pixels."""
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        painted = image.convert("RGBA")
        paper = Image.new("RGBA", painted.size, "white")
        image = Image.alpha_composite(paper, painted).convert("RGB")
    elif image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in ("I", "F"):
        raise CannotShrink("evidence_not_a_picture")
    elif image.mode not in ("1", "L", "RGB"):
        image = image.convert("RGB")
    image.info = {}
    return image


def _bitonal(image: Image.Image) -> Image.Image | None:
    """The page in black and white when it has no third tone and the two are well apart."""
    if image.mode == "1":
        return image
    # Every eighth dot first: most pages have more tones than two, and show it at once.
    sample = image.resize((-(-image.width // 8), -(-image.height // 8)), Image.Resampling.NEAREST)
    if sample.getcolors(2) is None or image.getcolors(2) is None:
        return None
    grey = image.convert("L")
    darkest, lightest = grey.getextrema()
    if not (isinstance(darkest, int) and isinstance(lightest, int)) or lightest - darkest < _TONES_APART:
        return None
    middle = (darkest + lightest) // 2
    return grey.point([255 * (tone > middle) for tone in range(256)], "1")


def _without_grey_colours(image: Image.Image) -> Image.Image:
    """Grey where the colours are only noise: looked for in small, where noise is averaged out and a red seal is not."""
    if image.mode != "RGB":
        return image
    red, green, blue = image.reduce(8).split()
    for one, other in ((red, green), (green, blue)):
        _, most = ImageChops.difference(one, other).getextrema()
        if not isinstance(most, int) or most > _GREY_WITHIN:
            return image
    return image.convert("L")
