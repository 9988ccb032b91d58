#!/bin/sh
# Makes dashboard/assets/fonts again: Inter from its own package, without what a screen of ours never shows.
# Usage: scripts/font.sh     It needs npm, Python and a network; nothing else runs it.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"

npm pack --silent inter-ui@4.1.1 >/dev/null
tar -xzf inter-ui-4.1.1.tgz
python3 -m venv tools
tools/bin/pip install --quiet fonttools==4.68.0 brotli==1.2.1

# Text sizes only (opsz 14), regular to bold.
tools/bin/fonttools varLib.instancer --quiet package/variable/InterVariable.woff2 opsz=14 wght=400:700 -o inter.ttf
# Latin with its accents, punctuation, ₹ and €, arrows, − × ≤ ≥, triangles, the tick. Other scripts are the machine's.
tools/bin/pyftsubset inter.ttf --flavor=woff2 --no-hinting --desubroutinize \
    --layout-features=kern,mark,mkmk,ccmp,locl,tnum,calt,case \
    --unicodes=U+0020-007E,U+00A0-017F,U+0192,U+02C6,U+02DA,U+02DC,U+2000-200B,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2033,U+2039,U+203A,U+20AC,U+20B9,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264,U+2265,U+25B2,U+25BC,U+25CF,U+2713 \
    --output-file="$here/dashboard/assets/fonts/inter.woff2"
# Figures of one width, not the hyphens: "break - even".
tools/bin/python - "$here/dashboard/assets/fonts/inter.woff2" <<'PYTHON'
import sys
from fontTools.ttLib import TTFont

font = TTFont(sys.argv[1], recalcTimestamp=False)
table = font["GSUB"].table
lookups = {at for one in table.FeatureList.FeatureRecord if one.FeatureTag == "tnum" for at in one.Feature.LookupListIndex}
figures = {font.getBestCmap()[ord(figure)] for figure in "0123456789"}
for at in lookups:
    for part in table.LookupList.Lookup[at].SubTable:
        part = getattr(part, "ExtSubTable", part)
        part.mapping = {one: other for one, other in part.mapping.items() if one in figures}
        assert set(part.mapping) == figures
font.save(sys.argv[1])
PYTHON
# The same letters regular and bold, for typst, which reads neither WOFF2 nor variable fonts.
for weight in 400:regular 700:bold; do
    tools/bin/fonttools varLib.instancer --quiet "$here/dashboard/assets/fonts/inter.woff2" "wght=${weight%:*}" -o "${weight#*:}.woff2"
    tools/bin/python -c 'import sys
from fontTools.ttLib import TTFont
font = TTFont(sys.argv[1], recalcTimestamp=False)
font.flavor = None
font.save(sys.argv[2])' "${weight#*:}.woff2" "$here/dashboard/assets/fonts/inter-${weight#*:}.ttf"
done
cp package/LICENSE.txt "$here/dashboard/assets/fonts/OFL.txt"
ls -l "$here/dashboard/assets/fonts"
