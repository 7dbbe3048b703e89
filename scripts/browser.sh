#!/bin/sh
# Makes a Chromium and Korean and Chinese fonts available to the browser tests: the system's, else Debian's packages
# when this is root, else the Chromium that Playwright fetches for this user.
set -eu
cd "$(dirname "$0")/.."

has_browser() {
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
        command -v google-chrome-stable >/dev/null 2>&1
}

has_fonts() {
    find -L /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts" \
        -iname '*NotoSans*CJK*' -print -quit 2>/dev/null | grep -q .
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    packages=""
    has_browser || packages="chromium"
    has_fonts || packages="$packages fonts-noto-cjk"
    if [ -n "$packages" ]; then
        echo "Installing the system packages $packages"
        { apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } >/dev/null </dev/null
    fi
fi
has_browser || .venv/bin/playwright install chromium
has_browser || .venv/bin/python -c '
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    try:
        playwright.chromium.launch().close()
    except Exception as problem:
        sys.exit(f"The browser does not start; as root run: .venv/bin/playwright install-deps chromium\n{problem}")
'
