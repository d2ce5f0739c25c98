"""What a node does: pods become processes of this machine."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from rig.kubernetes.store import Object, RefusedError, Store, now

IMAGE = "registry.test/headrace:1"
"""An image with this project and its interpreter."""
_DENIED = re.compile(r"^registry\.test/private")
_NO_REGISTRY = re.compile(r"^registry\.invalid/")
_VARIABLE = re.compile(r"\$\((\w+)\)")
_QUANTITY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9, "": 1}


class Kubelet:
    """Runs the pods of all namespaces on one node."""

    def __init__(self, store: Store, directory: Path) -> None:
        self._store = store
        self._directory = directory
        self._pods: dict[str, asyncio.Task[None]] = {}
        self._processes: dict[str, list[asyncio.subprocess.Process]] = {}
        self._evicted: dict[str, str] = {}
        self._ending: set[str] = set()
        store.listen(self._heard)

    async def stop(self) -> None:
        """Kills all processes."""
        for uid in list(self._processes):
            self._kill(uid)
        for task in self._pods.values():
            task.cancel()
        await asyncio.gather(*self._pods.values(), return_exceptions=True)

    def evict(self, pod: Object, message: str) -> None:
        """Ends a pod because the node needs its room."""
        self._evicted[pod["metadata"]["uid"]] = message
        self._kill(pod["metadata"]["uid"])

    def writes(self, pod: Object) -> bool:
        """Whether a pod may still write something."""
        return any(process.returncode is None for process in self._processes.get(pod["metadata"]["uid"], ()))

    def log(self, pod: Object, container: str) -> bytes:
        """Returns what a container wrote."""
        path = self._log(pod, container or pod["spec"]["containers"][0]["name"])
        return path.read_bytes() if path.exists() else b""

    def _heard(self, change: str, kind: str, pod: Object) -> None:
        if kind != "pods":
            return
        uid = pod["metadata"]["uid"]
        if change == "ADDED":
            self._pods[uid] = asyncio.get_running_loop().create_task(self._run(pod))
        elif change == "DELETED":
            self._kill(uid)
            if uid in self._pods and not self._processes.get(uid):
                self._pods[uid].cancel()
        elif pod["metadata"].get("deletionTimestamp") and uid not in self._ending:
            self._ending.add(uid)
            asyncio.get_running_loop().create_task(self._end(pod))

    async def _end(self, pod: Object) -> None:
        uid, metadata = pod["metadata"]["uid"], pod["metadata"]
        task = self._pods.get(uid)
        if task is None or task.done() or not self._processes.get(uid):
            if task is not None:
                task.cancel()
            self._store.remove("pods", metadata["namespace"], metadata["name"])
            return
        self._signal(uid, signal.SIGTERM)
        await asyncio.wait({task}, timeout=metadata.get("deletionGracePeriodSeconds", 30))
        self._kill(uid)
        await asyncio.wait({task}, timeout=5)
        self._store.remove("pods", metadata["namespace"], metadata["name"])

    async def _run(self, pod: Object) -> None:
        self._status(
            pod, phase="Pending", containers=[_waiting(each, "ContainerCreating", "") for each in _containers(pod)]
        )
        await self._until_it_can(pod)
        began = now()
        codes = await self._work(pod, began)
        uid = pod["metadata"]["uid"]
        if uid in self._evicted:
            self._status(pod, phase="Failed", reason="Evicted", message=self._evicted[uid], containers=[])
            return
        ended = [_terminated(each, codes[each["name"]], began) for each in _containers(pod)]
        failed = any(code for code, _ in codes.values())
        self._status(pod, phase="Failed" if failed else "Succeeded", containers=ended)

    async def _until_it_can(self, pod: Object) -> None:
        pause = 0.05
        while True:
            for container in _containers(pod):
                problem = _image_problem(container) or self._config_problem(pod, container)
                if problem is None:
                    continue
                self._status(pod, phase="Pending", containers=[_waiting(container, *problem)])
                await asyncio.sleep(pause)
                if problem[0] == "ErrImagePull":
                    back_off = f'Back-off pulling image "{container["image"]}"'
                    self._status(pod, phase="Pending", containers=[_waiting(container, "ImagePullBackOff", back_off)])
                    await asyncio.sleep(pause)
                pause = min(2 * pause, 2.0)
                break
            else:
                return

    async def _work(self, pod: Object, began: str) -> dict[str, tuple[int, str]]:
        uid = pod["metadata"]["uid"]
        self._processes[uid] = []
        codes: dict[str, tuple[int, str]] = {}
        running = []
        for container in _containers(pod):
            process = await self._start(pod, container)
            if process is None:
                codes[container["name"]] = (128, "StartError")
                continue
            self._processes[uid].append(process)
            running.append((container, process))
        self._status(pod, phase="Running", containers=[_running(each, began) for each in _containers(pod)])

        async def wait(container: Mapping[str, Any], process: asyncio.subprocess.Process) -> None:
            codes[container["name"]] = await _wait(process, container)
            if len(codes) < len(_containers(pod)):
                states = [
                    _terminated(each, codes[each["name"]], began) if each["name"] in codes else _running(each, began)
                    for each in _containers(pod)
                ]
                self._status(pod, phase="Running", containers=states)

        await asyncio.gather(*(wait(*each) for each in running))
        del self._processes[uid]
        return codes

    async def _start(self, pod: Object, container: Mapping[str, Any]) -> asyncio.subprocess.Process | None:
        variables = self._variables(pod, container)
        expand: Callable[[str], str] = lambda text: _VARIABLE.sub(lambda m: variables.get(m[1], m[0]), text)  # noqa: E731
        command = [expand(each) for each in (*container.get("command", ()), *container.get("args", ()))]
        here = {"PATH": f"{Path(sys.executable).parent}:{os.defpath}", "HOME": tempfile.gettempdir()}
        with self._log(pod, container["name"]).open("wb") as log:
            try:
                return await asyncio.create_subprocess_exec(
                    *command, stdout=log, stderr=log, env={**here, **variables}, start_new_session=True
                )
            except OSError as error:
                log.write(str(error).encode())
                return None

    def _variables(self, pod: Object, container: Mapping[str, Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for source in container.get("envFrom") or ():
            kind = "configmaps" if "configMapRef" in source else "secrets"
            name = next(iter(source.values()))["name"]
            thing = self._store.get(kind, pod["metadata"]["namespace"], name)
            found |= {**(thing.get("data") or {}), **(thing.get("stringData") or {})}
        for each in container.get("env") or ():
            source = each.get("valueFrom") or {}
            if "fieldRef" in source:
                section, _, key = source["fieldRef"]["fieldPath"].partition(".")
                found[each["name"]] = str(pod[section][key])
            elif "secretKeyRef" in source:
                thing = self._store.get("secrets", pod["metadata"]["namespace"], source["secretKeyRef"]["name"])
                found[each["name"]] = thing["stringData"][source["secretKeyRef"]["key"]]
            else:
                found[each["name"]] = each.get("value", "")
        return found

    def _config_problem(self, pod: Object, container: Mapping[str, Any]) -> tuple[str, str] | None:
        try:
            self._variables(pod, container)
        except RefusedError as error:
            return "CreateContainerConfigError", error.message
        return None

    def _status(self, pod: Object, *, phase: str, containers: list[Any], **others: str) -> None:
        def change(each: Object) -> None:
            each["status"] |= {"phase": phase, "containerStatuses": containers, **others}

        self._store.update("pods", pod["metadata"]["namespace"], pod["metadata"]["name"], change)

    def _signal(self, uid: str, number: int) -> None:
        for process in self._processes.get(uid, ()):
            if process.returncode is None:
                try:
                    # A container's first process is told; the others go with the container.
                    os.kill(process.pid, number) if number != signal.SIGKILL else os.killpg(process.pid, number)
                except ProcessLookupError:
                    pass

    def _kill(self, uid: str) -> None:
        self._signal(uid, signal.SIGKILL)

    def _log(self, pod: Object, container: str) -> Path:
        return self._directory / f"{pod['metadata']['uid']}.{container}.log"


def _containers(pod: Object) -> list[Any]:
    return list(pod["spec"]["containers"])


def _image_problem(container: Mapping[str, Any]) -> tuple[str, str] | None:
    image = container["image"]
    if image == IMAGE:
        return None
    if not re.match(r"^[a-z0-9./:@_-]+$", image):
        return "InvalidImageName", f'Failed to apply default image tag "{image}": invalid reference format'
    said = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": '
    if _DENIED.match(image):
        return "ErrImagePull", f"{said}pull access denied, repository does not exist or may require authorization"
    if _NO_REGISTRY.match(image):
        return "ErrImagePull", f"{said}dial tcp: lookup registry.invalid: no such host"
    return "ErrImagePull", f"{said}{image}: not found"


async def _wait(process: asyncio.subprocess.Process, container: Mapping[str, Any]) -> tuple[int, str]:
    limit = _bytes(((container.get("resources") or {}).get("limits") or {}).get("memory"))
    ended = asyncio.ensure_future(process.wait())
    too_much = False
    while limit and not ended.done():
        await asyncio.wait({ended}, timeout=0.05)
        if not ended.done() and _memory(process.pid) > limit:
            too_much = True
            os.killpg(process.pid, signal.SIGKILL)
    code = await ended
    try:
        os.killpg(process.pid, signal.SIGKILL)  # a container ends with its first process
    except ProcessLookupError:
        pass
    return (128 - code if code < 0 else code), "OOMKilled" if too_much else "Error" if code else "Completed"


def _memory(pid: int) -> int:
    try:
        process = psutil.Process(pid)
        return sum(int(each.memory_info().rss) for each in (process, *process.children(recursive=True)))
    except psutil.Error:
        return 0


def _bytes(quantity: str | None) -> int:
    match = re.match(r"^(\d+)(Ki|Mi|Gi|k|M|G|)$", quantity or "")
    return int(match[1]) * _QUANTITY[match[2]] if match else 0


def _state(container: Mapping[str, Any], **state: Any) -> dict[str, Any]:
    return {"name": container["name"], "image": container["image"], "state": state}


def _waiting(container: Mapping[str, Any], reason: str, message: str) -> dict[str, Any]:
    return _state(container, waiting={"reason": reason, "message": message})


def _running(container: Mapping[str, Any], began: str) -> dict[str, Any]:
    return _state(container, running={"startedAt": began})


def _terminated(container: Mapping[str, Any], end: tuple[int, str], began: str) -> dict[str, Any]:
    code, reason = end
    over = {"exitCode": code, "reason": reason, "startedAt": began, "finishedAt": now()}
    if reason == "StartError":
        over["message"] = f'exec: "{(container.get("args") or [""])[0]}": executable file not found in $PATH'
    return _state(container, terminated=over)
