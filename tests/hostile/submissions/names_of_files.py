"""An honest solution; beside it are a pipe and files whose names a shell, a page or a log could misinterpret."""

KIND = "files"
LOSES = ()
STOCK = "ungraded"
SAYS = "left out data.txt, which is not a regular file"


def hand_in(folder, notebook):
    import os

    from tests.hostile.bank import save
    save(folder, notebook)
    for name in ("-rf", "--help", "a\nb", "it's", 'say "x"', "$(touch x)", "`touch x`", "...", "..x",
                 "~", "*", "a;b", "x" * 250,
                 "<img src=x onerror=alert(1)>", "\u202egnp.x", "con", "\x1b[2J", "ä ö", os.fsdecode(b"\xff\xfe")):
        (folder / name).write_text("import os; os._exit(1)")
    os.mkfifo(folder / "data.txt")
