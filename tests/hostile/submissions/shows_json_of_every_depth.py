"""A cell shows lists within lists, of every depth up to two thousand."""

KIND = "display"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
kernel = get_ipython().kernel
for depth in (300, 470, 480, 490, 495, 500, 700, 900, 940, 960, 970, 980, 990, 1000, 1500, 2000, 4000, 9000):
    kernel.session.send(kernel.iopub_thread, "display_data", parent=kernel.get_parent(), ident=b"display_data",
                        content=b'{"data": {"application/json": ' + b"[" * depth + b"]" * depth + b'}, "metadata": {}}')
'''}
