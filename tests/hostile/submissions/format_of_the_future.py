"""An honest solution that says to be in format 5.99, with parts that nobody knows yet."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    cells = [{**one, "agent": {"name": "x"}, "attachments": [], "execution_count": "7"} for one in notebook.cells]
    dump(folder, {**notebook, "cells": cells, "nbformat": 5, "nbformat_minor": 99, "signature": [1]})
