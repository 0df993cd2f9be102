"""Nothing is solved; namespaces, mounts, other roots, users and devices are tried."""

KIND = "rights"
CODE = '''
import ctypes, os
libc, got = ctypes.CDLL(None, use_errno=True), []
for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
    got += [libc.unshare(flag), libc.unshare(flag | 0x10000000)]
got += [libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.mount(b"/", b"/tmp", None, 0x1000, None),
        libc.umount2(b"/proc", 2), libc.umount2(b"/tmp", 2), libc.chroot(b"/tmp"), libc.pivot_root(b"/tmp", b"/tmp"),
        libc.setuid(0), libc.setgid(0), libc.setgroups(1, (ctypes.c_uint * 1)(0)), libc.sethostname(b"a", 1),
        libc.mknod(b"memory", 0o20666, (1 << 8) | 1), libc.ptrace(16, 1, 0, 0), libc.prctl(24, 21, 0, 0, 0) - 1]
print("succeeded:", [one for one in got if one >= 0 and one != -1])
'''
SAYS = "succeeded: []"
