"""Nothing is solved; a way out is looked for: addresses, names, the services of this machine."""

KIND = "spying"
CODE = '''
import socket
ways = 0
for family, place in ((socket.AF_INET, ("192.0.2.1", 80)), (socket.AF_INET, ("example.org", 80)),
                      (socket.AF_INET, ("127.0.0.1", 22)),
                      (socket.AF_UNIX, "/var/run/docker.sock"), (socket.AF_UNIX, "/run/dbus/system_bus_socket")):
    try:
        one = socket.socket(family)
        one.settimeout(2)
        one.connect(place)
        ways += 1
    except OSError:
        pass
print("ways out:", ways, socket.if_nameindex())
'''
SAYS = "ways out: 0 [(1, 'lo')]"
