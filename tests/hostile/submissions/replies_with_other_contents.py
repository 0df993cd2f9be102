"""Nothing is solved; the kernel's replies have numbers, lists and texts where a dict belongs."""

KIND = "messages"
CODE = '''
import itertools
session = get_ipython().kernel.session
send, wrong = session.send, itertools.cycle([5, {"answer": 5}, {"answer": {"data": [1]}}, {"answer": {"data": {
    "application/vnd.parity.answer": {"a": 1}}}}, [[]], None, "answer"])

def forged(stream, kind, content=None, *given, **named):
    if kind == "execute_reply":
        content = {"status": ["error"], "ename": {"a": 1}, "user_expressions": next(wrong)}
    return send(stream, kind, content, *given, **named)

session.send = forged
'''
