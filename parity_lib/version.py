"""The version number shared by the library and the book."""

__version__ = "2.0.0"
