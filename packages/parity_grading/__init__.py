"""Tools for instructors who write exercises and grade submissions.

*For instructors* in the book explains the commands.
"""
