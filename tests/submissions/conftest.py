"""The submissions are read by bank.py; they are no modules, and pytest must not import them."""

collect_ignore_glob = ["*/*.py"]
