"""An honest solution; a cell asks for a word and a password, first as usual, then as if somebody could answer."""

KIND = "messages"
LOSES = ()
CELLS = {"my-strings": '''
import contextlib, getpass
kernel = get_ipython().kernel
for ask in (input, getpass.getpass):
    with contextlib.suppress(Exception):
        print("answered:", ask("your password: "))
kernel.session.send(kernel.stdin_socket, "input_request", {"prompt": "your password: ", "password": True},
                    kernel.get_parent())
print("nobody answered")
kernel._allow_stdin = True
input("your password: ")
'''}
SAYS = "nobody answered"
