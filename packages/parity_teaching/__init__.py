"""Tools for teaching this course, in addition to those in :mod:`parity_grading`.

They convert the sources of the exercises to notebooks, check a notebook before it is handed in, rehearse a grading, and
create the rubric, the feedback and the report on a class. The commands of *For instructors* are here, too.
"""
