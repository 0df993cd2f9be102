"""A cell sends twenty outputs, each of forty megabytes of text that become a gigabyte of lists where they are read."""

KIND = "messages"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
kernel = get_ipython().kernel
many = b'{"name": "stdout", "text": [' + b"[]," * 13_000_000 + b"0]}"
for _ in range(20):
    kernel.session.send(kernel.iopub_thread, "stream", content=many, parent=kernel.get_parent(), ident=b"stream")
'''}
SAYS = "characters of output are shown"
