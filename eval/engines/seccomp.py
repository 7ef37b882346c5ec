"""A seccomp filter as the kernel takes it: classic BPF, put together from a table.

Each call to the kernel passes through the program, which sees `struct seccomp_data` of linux/seccomp.h: the number of the
call at byte 0, the architecture at 4, the arguments as 64-bit words from 16 on. Instructions are `struct sock_filter` of
linux/filter.h: code, jump if true, jump if false, constant. Numbers of calls are those of arch/x86/entry/syscalls and of
include/uapi/asm-generic/unistd.h (64-bit ARM).

The table names what a submission has no business with: mounts, other processes, kernel modules, tracing, keys, clocks,
namespaces, io_uring (whose operations no filter sees), and sockets but Unix ones. Whoever asks for them gets an error.
"""

import platform
import struct
from typing import Any

from goldentime.eval.outcomes import InfrastructureError

__all__ = ["REFUSED", "filter_bytes", "known", "profile"]

# (x86_64, aarch64); None where the architecture lacks the call.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column of the table, and AUDIT_ARCH of linux/audit.h."""
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
_X32_BIT = 0x40000000

_NEW_NAMESPACE = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET of linux/sched.h."""
_AF_UNIX = 1

_LOAD, _JUMP_EQUAL, _JUMP_FROM, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _EPERM, _EACCES, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x0005000D, 0x00050026
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16

Instruction = tuple[int, int, int, int]


def known(machine: str | None = None) -> bool:
    """Whether there is a table for this processor."""
    return (machine or platform.machine()) in _ARCHITECTURES


def filter_bytes(machine: str | None = None) -> bytes:
    """The program for a processor, as bubblewrap takes it.

    Raises:
        InfrastructureError: there is no table for it.
    """
    name = machine or platform.machine()
    if name not in _ARCHITECTURES:
        raise InfrastructureError(f"seccomp: expected one of {', '.join(_ARCHITECTURES)}, got {name}")
    column, architecture = _ARCHITECTURES[name]
    program: list[Instruction] = [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
    ]
    if name == "x86_64":
        # The same kernel under other numbers: nobody needs it.
        program += [(_JUMP_FROM, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    for numbers in REFUSED.values():
        number = numbers[column]
        if number is not None:
            program += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _EPERM)]
    # The flags of clone3 lie behind a pointer, out of a filter's sight: without it the C library takes clone.
    program += [(_JUMP_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _ENOSYS)]
    program += _guarded(_CLONE[column], (_JUMP_BITS, 0, 1, _NEW_NAMESPACE), _EPERM)
    program += [
        (_JUMP_EQUAL, 0, 3, _SOCKET[column]),
        (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
        (_JUMP_EQUAL, 1, 0, _AF_UNIX),
        (_RETURN, 0, 0, _EACCES),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _guarded(number: int, test: Instruction, verdict: int) -> list[Instruction]:
    """Refuse a call if a test of its first argument's lower half holds; then the number is loaded again."""
    return [
        (_JUMP_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
        test,
        (_RETURN, 0, 0, verdict),
        (_LOAD, 0, 0, _AT_NUMBER),
    ]


def profile() -> dict[str, Any]:
    """The same as container engines take it: names instead of numbers (the OCI runtime specification, config-linux.md)."""
    refuse, unless_unix = "SCMP_ACT_ERRNO", {"index": 0, "value": _AF_UNIX, "op": "SCMP_CMP_NE"}
    apart = [
        {"index": 0, "value": 1 << bit, "valueTwo": 1 << bit, "op": "SCMP_CMP_MASKED_EQ"}
        for bit in range(32)
        if _NEW_NAMESPACE >> bit & 1
    ]
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [
            {"names": sorted(REFUSED), "action": refuse, "errnoRet": _EPERM & 0xFFFF},
            {"names": ["clone3"], "action": refuse, "errnoRet": _ENOSYS & 0xFFFF},
            *({"names": ["clone"], "action": refuse, "errnoRet": _EPERM & 0xFFFF, "args": [one]} for one in apart),
            {"names": ["socket"], "action": refuse, "errnoRet": _EACCES & 0xFFFF, "args": [unless_unix]},
        ],
    }
