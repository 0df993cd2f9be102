"""What was handed in is a link to the solution in the course's folder."""

KIND = "files"
LOSES = "nothing"
STOCK = ()
SAYS = "is missing; there is no notebook"


def hand_in(folder, notebook):
    (folder / "unrolling.ipynb").symlink_to("../../../solutions/unrolling/unrolling.ipynb")
