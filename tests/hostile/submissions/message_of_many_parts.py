"""A cell sends one message of two hundred parts, each nearly as large as a message may be."""

KIND = "messages"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import time, zmq
session, socket = get_ipython().kernel.session, get_ipython().kernel.iopub_thread.socket
parts = [b"stream"] + session.serialize(session.msg("stream", {"name": "stdout", "text": "x"}))
frames = [zmq.Frame(bytes(40_000_000))] * 200
socket.send_multipart(parts + frames, copy=False)
time.sleep(8)
'''}
SAYS = "MB of"
