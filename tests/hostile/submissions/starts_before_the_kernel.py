"""An honest solution; next to it are files that Python and IPython would run when they start; each ends the process."""

KIND = "files beside"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    for place in ("sitecustomize.py", "usercustomize.py", "ipykernel_launcher.py", "ipykernel.py", "IPython.py",
                  ".ipython/profile_default/startup/00-first.py", ".pythonrc.py", "__init__.py", "encodings.py",
                  ".local/lib/python3.11/site-packages/usercustomize.py", "pyvenv.cfg", "conftest.py",
                  "ipython_config.py", "ipython_kernel_config.py", "jupyter_config.py"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text("import os\nos._exit(1)\n")
