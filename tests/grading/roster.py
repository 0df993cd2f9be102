"""A class with difficult names: shared by two students, with accents or apostrophes, a single word, several words."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

NAMES = """
Ada|Lovelace; Emmy|Noether; Grace|Hopper; Kurt|Gödel; Sofja|Kowalewskaja
Srinivasa|Ramanujan; Évariste|Galois; Niels Henrik|Abel; Paul|Erdős; Stefan|Banach
Wacław|Sierpiński; Maryam|Mirzakhani; Ørjan|Ødegård; Ngô|Bảo Châu; Anna|Müller; Anna|Müller
Thomas|Müller; Sinéad|O'Connor; Conan|O'Brien; Jean-Luc|de la Fontaine
María José|García López; José|García; Xiǎomíng|Wáng; 小明|王; Mehmet|Yılmaz; Åsa|Öberg
Þóra|Jónsdóttir; Nguyễn|Văn An; Fatima|al-Zahra; Omar|ibn Said; Suharto|; Li|Na; Na|Li
Ekaterina|Иванова; Dmitri|Müller-Lüdenscheidt; Zoë|Wilson-Smith; John|Smith; Jane|Smith
Jan|van den Berg; Chloé|Null
"""


@dataclass(frozen=True)
class Student:
    """A student in the list of the class, with the numbers that the two platforms use."""

    id: str
    first_name: str
    last_name: str
    email: str
    moodle: int     # Moodle's number of the submission, "Participant 204517"
    canvas: int     # Canvas's number of the user

    @property
    def full_name(self) -> str:
        """The given name followed by the family name, as both platforms show it by default."""
        return f"{self.first_name} {self.last_name}".strip()


def the_class(size: int = 40) -> list[Student]:
    """Return a class of ``size`` students with ids like ``s204501``; beyond forty, names of the others are combined."""
    names = [tuple(name.strip().split("|")) for line in NAMES.strip().splitlines() for name in line.split(";")]
    given, family = zip(*names, strict=True)
    others = sorted(set(itertools.product(given, family)) - set(names))
    names += random.Random("a large class").sample(others, size - len(names))
    return [Student(f"s2045{number:02}", first, last, f"s2045{number:02}@example.org", 881200 + 7 * number,
                    5300 + number) for number, (first, last) in enumerate(names, start=1)]
