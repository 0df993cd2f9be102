"""An honest solution; its kernel sends printed lines as lists, which is allowed in a file, after one that is none."""

KIND = "messages"
LOSES = ()
CELLS = {"my-strings": '''
kernel = get_ipython().kernel
for text in ("one,", [" two,", " three"], ["\\n"], "end"):
    kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": text}, kernel.get_parent(),
                        ident=b"stream")
'''}
SAYS = "one, two, three"
