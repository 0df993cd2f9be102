"""Functions that compare the form of two results, regardless of their numbers."""


def shape(value):
    """Return the keys and types of a result, regardless of its numbers and its number of seeds."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        kinds = [shape(part) for part in value if part is not None]  # None stands for a number that was not reached
        assert all(same_shape(kind, kinds[0]) for kind in kinds), value
        return ["list of", kinds[0] if kinds else None]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def same_shape(first, second):
    """Return whether two shapes agree, where None and an empty list agree with everything that may replace them."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same_shape(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return first[1] is None or second[1] is None or same_shape(first[1], second[1])
    return first == second or "NoneType" in (first, second)
