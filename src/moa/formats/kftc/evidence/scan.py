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
# The most that phones take is 50 million.
_MOST_JPEG_PIXELS = 52_000_000
# Of all pages unpacked: four of A4 at 600 dpi in black and white or grey, one in colours.
_MOST_MEMORY = 160_000_000
# Width and height of A4 in tenths of a millimetre, an inch being 254 of them.
_A4_LONG, _A4_SHORT, _INCH = 2970, 2100, 254
# A page is neither smaller than a slip nor larger than A3 with a margin: a file that says so only repeats the 72 dpi
# that cameras write into everything.
_LEAST_INCHES, _MOST_INCHES = 3, 18
_TONES_APART = 100
_GREY_WITHIN = 24


@dataclass(frozen=True, slots=True)
class Scan:
    """Shape: `dpi` of the page that has the fewest; `memory` in bytes that all pages take; `kind` as Pillow names it."""

    data: bytes = field(repr=False)
    kind: str
    pages: int
    memory: int
    dpi: int

    def load(self, part: int) -> list[Image.Image]:
        """Every page at 1/`part` of its size (a power of two), grey or RGB; a page of two tones whole, in mode 1.

        A JPEG is decoded at that size and never becomes larger in memory.
        """
        unpacked = self.memory // (part * part) if self.kind == "JPEG" else self.memory
        if unpacked > _MOST_MEMORY:
            raise CannotShrink("evidence_too_many_pixels", bytes=unpacked, most=_MOST_MEMORY)
        try:
            with without_messages(), Image.open(BytesIO(self.data), formats=[self.kind]) as image:
                if self.kind == "JPEG":
                    image.draft(None, (image.width // part, image.height // part))
                    return [_plain(_without_grey_colours(_opaque(ImageOps.exif_transpose(image))))]
                return [self._load_page(image, number, part) for number in range(self.pages)]
        except CannotShrink:
            raise
        except Exception:
            # Whatever Pillow's decoders raise: there is no whole picture to make smaller.
            raise CannotShrink("evidence_not_a_picture") from None

    @staticmethod
    def _load_page(image: Image.Image, number: int, part: int) -> Image.Image:
        """One page of a TIFF, which Pillow turns upright itself, or a GIF, which is."""
        image.seek(number)
        image.load()
        page = _opaque(image)
        bitonal = _bitonal(page)
        return _plain(bitonal.copy() if bitonal else _without_grey_colours(page.reduce(part)))


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
            memory, dpi = 0, []
            for number in range(pages):
                image.seek(number)
                memory += image.width * image.height * (1 if image.mode in ("1", "L") else 4)
                dpi.append(_dots_per_inch(image))
            if kind == "JPEG" and image.width * image.height > _MOST_JPEG_PIXELS:
                raise CannotShrink("evidence_too_many_pixels", most=_MOST_JPEG_PIXELS)
    except CannotShrink:
        raise
    except Image.DecompressionBombError:
        raise CannotShrink("evidence_too_many_pixels", most=Image.MAX_IMAGE_PIXELS) from None
    except Exception:
        raise CannotShrink("evidence_not_a_picture") from None
    return Scan(data, kind, pages, memory, min(dpi))


def _check_tiles(data: bytes) -> None:
    """What a directory can make a decoder ask for beyond the page's own size."""
    try:
        layout = tiff.read_layout(data)
    except EvidenceFault as fault:
        raise CannotShrink("evidence_not_a_picture", reason=fault.reason) from None
    if max(page.tile * page.bits for page in layout.pages) > 8 * _MOST_MEMORY:
        raise CannotShrink("evidence_too_many_pixels", most=_MOST_MEMORY)


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
    """In mode 1, L or RGB, what was transparent on white paper."""
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
    return image


def _plain(image: Image.Image) -> Image.Image:
    """Nothing but the pixels: Pillow would write what else it knows into the next file."""
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
