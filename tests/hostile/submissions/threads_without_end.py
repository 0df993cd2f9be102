"""An honest solution that starts threads until no more can be started; none of them ends."""

KIND = "threads"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import threading, time
threading.stack_size(1 << 16)
for _ in range(3000):
    try:
        threading.Thread(target=time.sleep, args=(1000,)).start()
    except RuntimeError:
        break
'''}
