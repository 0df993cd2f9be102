"""Points for the checks and the written answers in each exercise."""

import json
from pathlib import Path

CELLS = json.loads(Path(__file__).with_name("cells.json").read_text(encoding="utf-8"))
POINTS: dict[str, dict[str, int]] = {
    exercise: {cell["check"]: cell["points"] for cell in cells if cell["kind"] == "test"}
    for exercise, cells in CELLS.items()}
IN_WORDS: dict[str, int] = {
    exercise: sum(cell["points"] for cell in cells if cell["kind"] == "answer") for exercise, cells in CELLS.items()}
