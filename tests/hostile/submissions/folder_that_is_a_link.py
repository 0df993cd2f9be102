"""The folder of the submission is a link to the folder of another student, who has solved everything."""

KIND = "files"
LOSES = "ungraded"
SAYS = "its folder is a link to another folder"


def hand_in(folder, notebook):
    folder.rmdir()
    folder.symlink_to("../aaa-honest/unrolling")
