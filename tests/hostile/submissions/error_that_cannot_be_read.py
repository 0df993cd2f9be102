"""The error that a function raises raises another one when it is read, and has no name that is one."""

KIND = "objects"
LOSES = ("parity-check",)
CELLS = {"parity": '''
class Unreadable(BaseException):
    def __str__(self): raise self
    __repr__ = __getattribute__ = __str__

def parity(bits):
    raise Unreadable
'''}
