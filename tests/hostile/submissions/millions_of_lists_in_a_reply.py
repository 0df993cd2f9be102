"""One answer consists of ten million lists, one reply of fifteen million; each takes memory where it is read."""

KIND = "messages"
LOSES = ("parity-check", "rnn-step-check")
CELLS = {"parity": '''
from parity_checks import rpc
kernel, pack = get_ipython().kernel, rpc.pack
send, lists = kernel.session.send, ",".join(["[]"] * 10_000_000)
rpc.pack = lambda value: f'["value", [{lists}]]'

def parity(bits):
    return 0
''', "rnn-step": '''
rpc.pack = pack

def more(stream, kind, content=None, *given, **named):
    if kind == "execute_reply" and content.get("user_expressions"):
        content = b'{"status": "ok", "a": [' + lists.encode() + b",[]" * 5_000_000 + b"]}"
    return send(stream, kind, content, *given, **named)

kernel.session.send = more

def rnn_step(x, h, U, V, b):
    return 0
''', "unroll": '''
kernel.session.send = send

def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + h @ V.T + b)

SOLUTION
'''}
