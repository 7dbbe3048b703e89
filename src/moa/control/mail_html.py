"""The words of a mail once more as HTML, for programs that show it: the same text, with links to press and lists.

No picture and nothing from elsewhere: opening the mail tells nobody, and a reader's own light or dark colours hold.
"""

from __future__ import annotations

import re
from html import escape

_LINK = re.compile(r"https?://[^\s<>\"]+")
_FONT = "font:15px/1.6 system-ui,-apple-system,'Malgun Gothic','Microsoft YaHei',sans-serif"
_SPOKEN = {"ko": "ko", "zh-hans": "zh-Hans", "en": "en"}
_LIST = "margin:0 0 16px;padding-left:20px"
_FOOT = "margin:24px 0 0;font-size:13px;opacity:.75"


def html_of(text: str, language: str = "") -> str:
    """In a language where it is known, as readers that speak need it.

    Shape of the text: a line "- …" is an item, an indented one goes on with it, what follows "--" is the foot."""
    body, _, foot = f"{text}\n".partition("\n--")
    parts: list[str] = []
    items: list[str] = []
    for line in body.splitlines():
        if line.startswith("- "):
            items.append(_words(line[2:]))
        elif line.startswith("  ") and items:
            items[-1] += f"<br>{_words(line.strip())}"
        else:
            parts += _listed(items)
            items = []
            parts += [f'<p style="margin:0 0 12px">{_words(line)}</p>'] if line.strip() else []
    parts += _listed(items)
    parts += [f'<p style="{_FOOT}">{_words(line)}</p>' for line in foot.splitlines() if line.strip(" -")]
    spoken = f' lang="{_SPOKEN[language]}"' if language in _SPOKEN else ""
    head = f'<!doctype html><html{spoken}><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>'
    return f'{head}<body style="{_FONT};max-width:600px;word-break:keep-all;overflow-wrap:anywhere">{"".join(parts)}</body></html>\n'


def _listed(items: list[str]) -> list[str]:
    inside = "".join(f'<li style="margin:0 0 10px">{item}</li>' for item in items)
    return [f'<ul style="{_LIST}">{inside}</ul>'] if items else []


def _words(line: str) -> str:
    """Escaped, each address of a page pressed by itself."""
    done, at = [], 0
    for found in _LINK.finditer(line):
        address = escape(found[0], quote=True)
        done += [escape(line[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return "".join([*done, escape(line[at:])])
