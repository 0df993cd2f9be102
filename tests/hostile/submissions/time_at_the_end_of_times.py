"""An honest solution, submitted on the last day of the calendar, in a time zone behind UTC."""

KIND = "files"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    (folder / "timestamp.txt").write_text("9999-12-31 23:59:59 -12:00")
