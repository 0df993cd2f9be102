"""The version of the library and of the book, which is one."""

__version__ = "2.0.0"
