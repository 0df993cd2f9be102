"""An honest solution, submitted with the virtual environment in which it was written: fifteen hundred files."""

KIND = "files beside"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    for number in range(1500):
        place = folder / "venv" / "lib" / f"package{number // 10}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"module{number}.py").write_text("")
