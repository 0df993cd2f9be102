"""An honest solution that writes into every folder that it may write into, until there is no room or no number."""

KIND = "disk"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os
for folder in ("/tmp", os.path.expanduser("~"), "/dev/shm", "/run", "/var/tmp", "/"):
    try:
        for number in range(10):
            with open(f"{folder}/{number}", "wb") as file:
                for _ in range(200):
                    file.write(bytes(1 << 20))
    except OSError as error:
        print(error)
''', "rnn-step": '''
SOLUTION
for folder in (os.path.expanduser("~"), "/tmp"):
    try:
        for number in range(50_000):
            open(f"{folder}/empty-{number}", "w").close()
            os.mkdir(f"{folder}/folder-{number}")
    except OSError as error:
        print(error)
'''}
