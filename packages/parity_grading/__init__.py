"""For instructors: how exercises are written, released, graded and reported."""
