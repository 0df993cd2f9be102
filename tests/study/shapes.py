"""Compare the form of two results, whatever their numbers: those of a quick run with the committed ones."""


def shape(value):
    """Return the keys and types of a result, whatever its numbers and however many seeds it has."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        kinds = [shape(part) for part in value if part is not None]  # None stands for a number that was not reached
        assert all(same_shape(kind, kinds[0]) for kind in kinds), value
        return ["list of", kinds[0] if kinds else None]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def same_shape(one, other):
    """Return whether two shapes agree; None and an empty list agree with everything that could stand there."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_shape(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return one[1] is None or other[1] is None or same_shape(one[1], other[1])
    return one == other or "NoneType" in (one, other)
