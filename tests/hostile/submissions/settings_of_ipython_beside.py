"""An honest solution; a file of settings, which IPython reads where it is started, ends the kernel that reads it."""

KIND = "files beside"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    for name in ("ipython_config.py", "ipython_kernel_config.py", "jupyter_config.py"):
        (folder / name).write_text("import os\nos._exit(1)\n")
