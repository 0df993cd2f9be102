"""The version of the library and of the book, which is one."""

__version__ = "1.0.0"
