"""What a variant of each exercise changes: a module an exercise, with pools of constants and edits of its source.

``POOLS`` gives, for each group of constants that are drawn together, the values other than the published ones.
``edits(p)`` are pairs of a part that the source has exactly once, and what takes its place; ``p`` has the drawn values.
"""
