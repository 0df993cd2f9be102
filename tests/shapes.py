"""The form of results, whatever the figures: how a thin run is held against the committed one."""


def shape(value):
    """The keys and types of results, whatever the figures and how many seeds there were."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        kinds = [shape(part) for part in value if part is not None]  # None is a number that was not reached
        assert all(same_shape(kind, kinds[0]) for kind in kinds), value
        return ["list of", kinds[0] if kinds else None]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def same_shape(one, other):
    """Whether two shapes agree. What was not reached, a None or an empty list, agrees with what could have been."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_shape(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return one[1] is None or other[1] is None or same_shape(one[1], other[1])
    return one == other or "NoneType" in (one, other)
