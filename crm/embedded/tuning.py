"""PostgreSQL's settings for one machine that also runs the web and the workers."""

import os
import shutil
from pathlib import Path

MB = 1024**2
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
SHARED_MEMORY = Path("/dev/shm")


def memory_bytes() -> int:
    """Memory this machine (or the container's limit) has."""
    known = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in CGROUP_LIMITS:
        try:
            known.append(int(path.read_text()))
        except (OSError, ValueError):
            continue  # no such file, or the word "max"
    return min(known)


def _parallel_memory() -> str:
    """Where parallel queries share memory: a container's /dev/shm of 64 MB would make large ones fail."""
    roomy = SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).total >= 1024 * MB
    return "posix" if roomy else "mmap"


def settings(memory: int, free_disk: int, sockets: Path) -> dict[str, str]:
    """Settings by name. `memory` and `free_disk` in bytes, `sockets` the folder of the Unix socket.

    One server without a replica: the smallest write-ahead log. `fsync` stays on.
    """
    shared = max(128 * MB, min(memory // 4, 2048 * MB))
    return {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{sockets}'",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{shared // MB}MB",
        "effective_cache_size": f"{max(256 * MB, memory // 2) // MB}MB",
        "work_mem": "32MB" if memory >= 2048 * MB else "8MB",
        "maintenance_work_mem": f"{min(512 * MB, memory // 8) // MB}MB",
        "dynamic_shared_memory_type": _parallel_memory(),
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "min_wal_size": "128MB",
        "max_wal_size": f"{max(256 * MB, min(4096 * MB, free_disk // 4)) // MB}MB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'Asia/Shanghai'",
        "log_timezone": "'Asia/Shanghai'",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_checkpoints": "off",
        "shared_preload_libraries": "''",
    }
