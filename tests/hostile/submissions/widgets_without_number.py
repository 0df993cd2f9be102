"""An honest solution that opens twenty thousand widgets and leaves sixty megabytes of state in a few."""

KIND = "output"
LOSES = ()
CELLS = {"my-strings": '''
kernel = get_ipython().kernel

def widget(number, state, **parts):
    content = {"comm_id": f"{number}</script><script>", "target_name": "jupyter.widget",
               "data": {"state": state, "buffer_paths": [["a", -1], [10**9], "b"]}} | parts
    kernel.session.send(kernel.iopub_socket, "comm_open", content, kernel.get_parent(), buffers=[b"x" * 100])

for number in range(20_000):
    widget(number, {"_model_name": "OutputModel", "msg_id": kernel.get_parent()["header"]["msg_id"]})
for number in range(8):
    widget(number, {"_model_name": "x" * 7_500_000})
widget([], 5, data=[], target_name=None)
print("all open")
'''}
