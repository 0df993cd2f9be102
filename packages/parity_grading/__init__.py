"""Tools for grading the submissions of any nbgrader course without trusting them.

Nothing here knows what a course teaches. A course names its packages and its preprocessors in ``nbgrader_config.py``.
What belongs to this course is in :mod:`parity_teaching`. A test reaches a student's kernel through the protocol that
:mod:`parity_checks` describes.
"""
