"""The course, for the stock nbgrader commands. They are run from this folder."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "one-bit-of-memory"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# The text sources hold the solutions: they stand beside the notebooks and must not be released with them.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.md"]

# A student who deletes a test cell gets it back; it would stay "needs grading" for ever.
c.OverwriteCells.add_missing_cells = True

# A kernel that is told to stop takes longer than the grading of a notebook.
c.Execute.shutdown_kernel = "immediate"
c.Execute.timeout = 60
c.Execute.error_on_timeout = {"ename": "Timeout", "evalue": "this cell ran for more than 60 seconds",
                              "traceback": ["This cell ran for more than 60 seconds and was stopped."]}

# Feedback shows the messages of hidden tests, not their source.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "parity_lib.course.feedback.HideHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
