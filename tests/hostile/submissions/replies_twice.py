"""An honest solution. Before each reply come one to another message, two with a list in the wrong
place, and bytes that are no message.
"""

KIND = "messages"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
session = get_ipython().kernel.session
send = session.send

def more(stream, kind, content=None, parent=None, *given, **named):
    if kind == "execute_reply":
        to = named["ident"] if isinstance(named["ident"], list) else [named["ident"]]
        send(stream, kind, content, {**parent, "header": {**parent["header"], "msg_id": ["another"]}}, *given, **named)
        send(stream, kind, b"[1]", parent, *given, **named)
        send(stream, ["kind"], content, parent, *given, **named)
        stream.send_multipart([*to, b"<IDS|MSG>", b"no signature", b"{", b"", b"\\xff", b"[]"])
    return send(stream, kind, content, parent, *given, **named)

session.send = more
'''}
