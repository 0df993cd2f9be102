"""A list has itself as its only entry, and a dict holds that list."""

KIND = "objects"
LOSES = ("two-unit-weights-check",)
CELLS = {"two-unit-weights": '''
def two_unit_weights():
    endless = []
    endless.append({"more": endless})
    return endless
'''}
SAYS = "Does a list contain itself?"
