"""Limits of control groups, read from a made-up /proc and /sys/fs/cgroup."""

from __future__ import annotations

from pathlib import Path

import pytest

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.reports import doctor
from hiss.training import cgroups, machine
from hiss.training.capacity import check_fits

V2_MOUNT = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
UNLIMITED_V1 = 9223372036854771712
"""What version 1 writes where there is no limit."""


class System:
    """A file system of a few files of the kernel."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: object) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")

    def v2(self, group: str, mount: str = V2_MOUNT) -> None:
        self.write("proc/self/cgroup", f"0::{group}")
        self.write("proc/self/mountinfo", f"22 1 8:1 / / rw - ext4 /dev/sda rw\n{mount}")

    def v1(self, group: str, mounted: str = "/") -> None:
        self.write(
            "proc/self/cgroup", f"9:name=systemd:/\n4:memory:{group}\n1:cpu,cpuacct:{group}\n0::/"
        )
        mounts = [
            f"3{number} 31 0:3{number} {mounted} /sys/fs/cgroup/{name} rw - cgroup cgroup rw,{name}"
            for number, name in enumerate(("cpu,cpuacct", "memory"))
        ]
        self.write("proc/self/mountinfo", "\n".join(mounts))

    def group(self, path: str, **files: object) -> None:
        """Write the files of a group; `memory_max` stands for `memory.max`."""
        for name, text in files.items():
            self.write(f"sys/fs/cgroup/{path}/{name.replace('_', '.', 1)}", text)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "MEMINFO", tmp_path / "proc/meminfo")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda _: set(range(64)))
    return System(tmp_path)


def test_without_control_groups_nothing_is_limited(system: System) -> None:
    assert cgroups.cpu_quota() is None
    assert cgroups.memory_limit() is None
    assert cgroups.available_memory() is None
    assert machine.cores() == 64
    assert machine.available_memory() == machine.memory() > 1_000_000_000


def test_the_limits_of_version_2_are_read(system: System) -> None:
    system.v2("/job")
    system.group("job", cpu_max="150000 100000", memory_max=1000, memory_current=700)
    system.group("job", memory_stat="anon 300\ninactive_file 250\nactive_file 50\nshmem 9")
    assert cgroups.cpu_quota() == 1.5
    assert machine.cores() == 2
    assert cgroups.memory_limit() == machine.memory() == 1000
    assert cgroups.available_memory() == machine.available_memory() == 1000 - 700 + 300


def test_the_smallest_limit_of_all_groups_above_counts(system: System) -> None:
    system.v2("/slice/job/step")
    system.group("slice", cpu_max="400000 100000", memory_max=5000, memory_current=4900)
    system.group("slice/job", cpu_max="300000 100000", memory_max=2000, memory_current=100)
    system.group("slice/job/step", cpu_max="max 100000", memory_max="max", memory_current=50)
    system.group("slice/other", cpu_max="100000 100000", memory_max=10)
    assert cgroups.cpu_quota() == 3.0
    assert cgroups.memory_limit() == 2000
    assert cgroups.available_memory() == 100


def test_the_limits_of_version_1_are_read(system: System) -> None:
    system.v1("/batch/17")
    system.group("cpu,cpuacct/batch", cpu_cfs_quota_us=-1, cpu_cfs_period_us=100000)
    system.group("cpu,cpuacct/batch/17", cpu_cfs_quota_us=50000, cpu_cfs_period_us=100000)
    system.group("memory", memory_limit_in_bytes=UNLIMITED_V1, memory_usage_in_bytes=10**10)
    system.group("memory/batch", memory_limit_in_bytes=3000, memory_usage_in_bytes=2900)
    system.group("memory/batch", memory_stat="cache 9\ntotal_inactive_file 5\ntotal_active_file 6")
    system.group("memory/batch/17", memory_limit_in_bytes=2000, memory_usage_in_bytes=500)
    assert cgroups.cpu_quota() == 0.5
    assert machine.cores() == 1
    assert cgroups.memory_limit() == 2000
    assert cgroups.available_memory() == 3000 - 2900 + 11


def test_a_container_that_has_only_its_own_group_mounted(system: System) -> None:
    system.v1("/docker/abc/inner", mounted="/docker/abc")
    system.group("memory", memory_limit_in_bytes=4000)
    system.group("memory/inner", memory_limit_in_bytes=3000)
    assert cgroups.memory_limit() == 3000


@pytest.mark.parametrize("group", ["/docker/xyz", "/../../elsewhere"])
def test_a_group_that_is_not_mounted_stands_at_the_top(system: System, group: str) -> None:
    system.v1(group, mounted="/docker/abc")
    system.group("memory", memory_limit_in_bytes=4000)
    assert cgroups.memory_limit() == 4000


def test_a_mount_point_may_have_blanks(system: System) -> None:
    system.v2("/", mount=V2_MOUNT.replace("/sys/fs/cgroup", r"/sys/fs/cgroup/a\040b"))
    system.group("a b", memory_max=7)
    assert cgroups.memory_limit() == 7


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [
        ("max 100000", "max"),
        ("", ""),
        ("100000", "12 34"),
        ("-1 100000", "-1"),
        ("100000 0", "many"),
        ("1e5 1e5", "1e9"),
        ("0x10 100000", "\x00"),
        ("9" * 6000 + " 1", "9" * 6000),
        ("max 100000", UNLIMITED_V1),
    ],
)
def test_no_limit_and_nonsense_limit_nothing(system: System, cpu: str, memory: str) -> None:
    system.v2("/job")
    system.group("job", cpu_max=cpu, memory_max=memory)
    assert cgroups.cpu_quota() is None
    assert cgroups.memory_limit() is None


@pytest.mark.parametrize("text", ["", "nonsense", "4:memory", "::::", "0:::\0"])
def test_lists_of_groups_and_mounts_may_be_malformed(system: System, text: str) -> None:
    system.v2("/job")
    system.group("job", memory_max=1000, memory_current="?", memory_stat="inactive_file\nx y z")
    assert cgroups.available_memory() == 1000
    system.write("proc/self/cgroup", text)
    assert cgroups.memory_limit() is None
    system.v2("/job")
    system.write("proc/self/mountinfo", text)
    assert cgroups.memory_limit() is None


def test_a_malformed_amount_of_free_memory_is_ignored(system: System) -> None:
    system.write("proc/meminfo", "MemAvailable: lots kB\nMemAvailable")
    assert machine.available_memory() == machine.memory()


def test_more_usage_than_the_limit_leaves_nothing(system: System) -> None:
    system.v2("/")
    system.group("", memory_max=1000, memory_current=1200)
    assert cgroups.available_memory() == 0


def test_what_other_processes_take_is_not_available(system: System) -> None:
    system.write("proc/meminfo", "MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable:     3 kB")
    assert machine.available_memory() == 3 * 1024
    system.v2("/")
    system.group("", memory_max=2000)
    assert machine.available_memory() == 2000


def test_a_study_is_refused_by_what_the_group_has_left(system: System) -> None:
    study = Study(arms=find("article/baseline"), repeats=30)
    system.v2("/job")
    system.group("job", memory_max=10**9, memory_current=9 * 10**8)
    check_fits(study)
    system.group("job", memory_current=10**9 - 10**5)
    with pytest.raises(EngineError, match="GB are available"):
        check_fits(study)


def test_the_doctor_shows_the_limits(system: System) -> None:
    system.v2("/job")
    system.group("job", cpu_max="250000 100000", memory_max=2**31, memory_current=2**30)
    found = {each.name: each for each in doctor._machine()}
    assert found["cores"].value == "3"
    assert found["cores"].why == "available to this process; CPU quota 2.5"
    assert found["memory"].value == "2.0 GiB"
    assert found["memory"].why == "1.0 GiB available; limited by a control group"
