"""The filter, run by a small machine of our own: what passes, what is refused and with which error."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.eval.engines.seccomp import REFUSED, filter_bytes, known, profile
from goldentime.eval.outcomes import InfrastructureError

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, EACCES, ENOSYS = 0x50001, 0x5000D, 0x50026
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)


def verdict(machine: str, number: int, first: int = 0, architecture: int | None = None) -> int:
    """What the program answers to one call; `BPF_LD`, `BPF_JMP` and `BPF_RET` of linux/bpf_common.h."""
    data = struct.pack("<II3Q", number, MACHINES[machine][1] if architecture is None else architecture, 0, first, 0)
    body = filter_bytes(machine)
    program = list(struct.iter_unpack("<HBBI", body))
    place, register = 0, 0
    while True:
        code, yes, no, k = program[place]
        place += 1
        if code == 0x20:
            (register,) = struct.unpack_from("<I", data, k)
        elif code == 0x06:
            return int(k)
        else:
            holds = {0x15: register == k, 0x35: register >= k, 0x45: bool(register & k)}[code]
            place += yes if holds else no


@pytest.mark.parametrize("machine", MACHINES)
def test_what_the_table_names_is_refused(machine):
    for name, numbers in REFUSED.items():
        number = numbers[MACHINES[machine][0]]
        if number is not None:
            assert verdict(machine, number) == EPERM, name


@pytest.mark.parametrize("machine", MACHINES)
@given(number=st.integers(0, 600), first=st.integers(0, 2**32 - 1))
def test_everything_else_passes(machine, number, first):
    column = MACHINES[machine][0]
    special = {CLONE[column], CLONE3[column], SOCKET[column]} | {numbers[column] for numbers in REFUSED.values()}
    if number not in special:
        assert verdict(machine, number, first) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_threads_may_start_and_namespaces_not(machine):
    column = MACHINES[machine][0]
    assert verdict(machine, CLONE[column], 0x3D0F00) == ALLOW  # what the C library starts a thread with
    assert verdict(machine, CLONE[column], 0x1200011) == ALLOW  # and a process
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(machine, CLONE[column], 0x11 | flag) == EPERM
    assert verdict(machine, CLONE3[column]) == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_only_unix_sockets(machine):
    column = MACHINES[machine][0]
    assert verdict(machine, SOCKET[column], 1) == ALLOW
    assert {verdict(machine, SOCKET[column], family) for family in range(2, 46)} == {EACCES}


def test_another_architecture_is_killed():
    assert verdict("x86_64", 0, architecture=0x40000003) == KILL
    assert verdict("x86_64", 0x40000000 | 1) == KILL


def test_an_unknown_processor_has_no_filter():
    assert not known("riscv64")
    with pytest.raises(InfrastructureError, match="expected one of x86_64, aarch64, got riscv64"):
        filter_bytes("riscv64")


def test_container_engines_are_told_the_same_names():
    told = profile()
    assert set(told["syscalls"][0]["names"]) == set(REFUSED)
    assert {name for rule in told["syscalls"] for name in rule["names"]} == {*REFUSED, "clone", "clone3", "socket"}
