"""Grading for instructors: exercise authoring, the sandbox, and the commands that *For instructors* explains."""
