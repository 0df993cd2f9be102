"""An honest solution; messages about outputs have other parts than outputs have, or lists of lines."""

KIND = "messages"
LOSES = ()
CELLS = {"my-strings": '''
kernel = get_ipython().kernel
for text in ("one,", [" two,", " three"], ["\\n"], "end"):
    kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": text}, kernel.get_parent(),
                        ident=b"stream")
for kind, content in (("stream", {"name": 5, "text": [1]}), ("display_data", {"data": {"text/plain": {"a": 1}}}),
                      ("error", {"ename": None}), ("execute_result", {"data": 5, "execution_count": "y"}),
                      ("stream", {}), ("status", {"execution_state": []}), (["stream"], {"name": "x", "text": "x"}),
                      ("display_data", {"data": {"": ""}, "metadata": {}, "transient": 5})):
    kernel.session.send(kernel.iopub_socket, kind, content, kernel.get_parent(), ident=b"stream")
'''}
SAYS = "one, two, three"
