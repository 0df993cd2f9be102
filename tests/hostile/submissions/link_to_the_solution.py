"""The submitted file is a link to the solution in the course's folder."""

KIND = "files"
LOSES = "ungraded"
SAYS = "left out unrolling.ipynb, which is not a regular file"


def hand_in(folder, notebook):
    (folder / "unrolling.ipynb").symlink_to("../../../solutions/unrolling/unrolling.ipynb")
