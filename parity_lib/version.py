"""The version number that the library and the book share."""

__version__ = "2.0.0"
