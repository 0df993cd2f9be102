"""Each reply of the kernel says that the cell failed, with an error whose name has forty million letters."""

KIND = "messages"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
session = get_ipython().kernel.session
send = session.send

def loud(stream, kind, content=None, *given, **named):
    if kind == "execute_reply" and not content.get("user_expressions"):
        content = {**content, "status": "error", "ename": "E" * 40_000_000}
    return send(stream, kind, content, *given, **named)

session.send = loud
'''}
