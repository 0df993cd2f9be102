"""What has the notebook's name is a folder, and in it are files of the student's."""

KIND = "files"
LOSES = "ungraded"
SAYS = "unrolling.ipynb is missing"


def hand_in(folder, notebook):
    (folder / "unrolling.ipynb").mkdir()
    (folder / "unrolling.ipynb" / "answers.txt").write_text("all right")
