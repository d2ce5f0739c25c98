"""What the job controller and the garbage collector do."""

from __future__ import annotations

import asyncio
import copy
import secrets
from typing import Any

from rig.kubernetes.store import Object, RefusedError, Store, now


class JobController:
    """Makes a pod for each Job, keeps its state, and removes what belongs to something that is gone.

    Attributes:
        pod_quota: How many pods a namespace may have that are not over.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tasks: set[asyncio.Task[None]] = set()
        self.pod_quota = 1_000
        store.listen(self._heard)

    def stop(self) -> None:
        """Ends what it waits for."""
        for task in self._tasks:
            task.cancel()

    def delete(self, job: Object, propagation: str) -> None:
        """Does what deleting a Job means."""
        namespace, name = job["metadata"]["namespace"], job["metadata"]["name"]
        if propagation != "Foreground":
            self._store.remove("jobs", namespace, name)
            return

        def mark(each: Object) -> None:
            each["metadata"] |= {"deletionTimestamp": now(), "finalizers": ["foregroundDeletion"]}

        self._store.update("jobs", namespace, name, mark)

    def _heard(self, change: str, kind: str, thing: Object) -> None:
        task = asyncio.get_running_loop().create_task(self._act(change, kind, thing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _act(self, change: str, kind: str, thing: Object) -> None:
        if change == "DELETED" or thing["metadata"].get("deletionTimestamp"):
            await self._collect(change, kind, thing)
        if kind == "jobs" and change == "ADDED":
            await self._make_pod(thing)
        elif kind == "pods":
            self._count(change, thing)

    async def _make_pod(self, job: Object) -> None:
        namespace, name = job["metadata"]["namespace"], job["metadata"]["name"]
        while True:
            try:
                self._refuse(job)
                self._store.create("pods", namespace, _pod(job))
            except RefusedError as error:
                self._tell(job, error.message)
                await asyncio.sleep(0.2)
                if self._has(job):
                    continue
                return
            break

        def count(each: Object) -> None:
            each.setdefault("status", {}).update({"startTime": now(), "active": 1, "ready": 0})

        self._store.update("jobs", namespace, name, count)
        if (seconds := job["spec"].get("activeDeadlineSeconds")) is not None:
            await asyncio.sleep(seconds)
            self._fail(namespace, name, "DeadlineExceeded", "Job was active longer than specified deadline")
            for pod in self._pods_of(job):
                _mark_deleted(self._store, pod)

    def _refuse(self, job: Object) -> None:
        namespace, spec = job["metadata"]["namespace"], job["spec"]["template"]["spec"]
        account = spec.get("serviceAccountName", "default")
        what = f'pods "{job["metadata"]["name"]}-" is forbidden: '
        if not any(each["metadata"]["name"] == account for each in self._store.find("serviceaccounts", namespace)):
            raise RefusedError(
                403,
                "Forbidden",
                f'{what}error looking up service account {namespace}/{account}: serviceaccount "{account}" not found',
            )
        used = [
            each for each in self._store.find("pods", namespace) if each["status"]["phase"] in ("Pending", "Running")
        ]
        if len(used) >= self.pod_quota:
            raise RefusedError(
                403,
                "Forbidden",
                f"{what}exceeded quota: pods, requested: pods=1, used: pods={len(used)}, limited: pods={self.pod_quota}",
            )

    def _tell(self, job: Object, message: str) -> None:
        namespace, name = job["metadata"]["namespace"], job["metadata"]["name"]
        about = {"kind": "Job", "namespace": namespace, "name": name, "uid": job["metadata"]["uid"]}
        self._store.create(
            "events",
            namespace,
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": f"{name}.{secrets.token_hex(8)}"},
                "involvedObject": about,
                "reason": "FailedCreate",
                "message": f"Error creating: {message}",
                "type": "Warning",
            },
        )

    def _count(self, change: str, pod: Object) -> None:
        owners = pod["metadata"].get("ownerReferences") or [{}]
        if owners[0].get("kind") != "Job":
            return
        namespace, name = pod["metadata"]["namespace"], owners[0]["name"]
        phase = pod["status"].get("phase")
        if phase == "Succeeded":
            self._finish(
                namespace,
                name,
                "Complete",
                "succeeded",
                "CompletionsReached",
                "Reached expected number of succeeded pods",
            )
        elif phase == "Failed" or change == "DELETED":
            self._fail(namespace, name, "BackoffLimitExceeded", "Job has reached the specified backoff limit")

    def _fail(self, namespace: str, name: str, reason: str, message: str) -> None:
        self._finish(namespace, name, "Failed", "failed", reason, message)

    def _finish(self, namespace: str, name: str, kind: str, count: str, reason: str, message: str) -> None:
        def end(job: Object) -> None:
            status = job.setdefault("status", {})
            if status.get("conditions"):
                return
            status.update({"active": 0, count: 1})
            status["conditions"] = [{"type": kind, "status": "True", "reason": reason, "message": message}]

        job = self._store.update("jobs", namespace, name, end)
        seconds = job and job["spec"].get("ttlSecondsAfterFinished")
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, self._store.remove, "jobs", namespace, name)

    async def _collect(self, change: str, kind: str, owner: Object) -> None:
        namespace, uid = owner["metadata"]["namespace"], owner["metadata"]["uid"]
        if change == "DELETED" or "foregroundDeletion" in owner["metadata"].get("finalizers", ()):
            for other in ("pods", "jobs", "secrets"):
                for each in self._store.find(other, namespace):
                    if any(own["uid"] == uid for own in each["metadata"].get("ownerReferences") or ()):
                        self._delete(other, each)
        # A Job that waits for what belongs to it goes with the last of its pods.
        if kind == "pods" and change == "DELETED":
            for job in self._store.find("jobs", namespace):
                if job["metadata"].get("finalizers") and not self._pods_of(job):
                    self._store.remove("jobs", namespace, job["metadata"]["name"])
        elif kind == "jobs" and change != "DELETED" and not self._pods_of(owner):
            self._store.remove("jobs", namespace, owner["metadata"]["name"])

    def _delete(self, kind: str, thing: Object) -> None:
        if kind == "pods":
            _mark_deleted(self._store, thing)
        else:
            self._store.remove(kind, thing["metadata"]["namespace"], thing["metadata"]["name"])

    def _has(self, job: Object) -> bool:
        return any(
            each["metadata"]["uid"] == job["metadata"]["uid"]
            for each in self._store.find("jobs", job["metadata"]["namespace"])
        )

    def _pods_of(self, job: Object) -> list[Object]:
        uid = job["metadata"]["uid"]
        return [
            each
            for each in self._store.find("pods", job["metadata"]["namespace"])
            if any(own["uid"] == uid for own in each["metadata"].get("ownerReferences") or ())
        ]


def _mark_deleted(store: Store, pod: Object) -> None:
    def mark(each: Object) -> None:
        seconds = each["spec"].get("terminationGracePeriodSeconds", 30)
        each["metadata"].setdefault("deletionTimestamp", now())
        each["metadata"].setdefault("deletionGracePeriodSeconds", seconds)

    store.update("pods", pod["metadata"]["namespace"], pod["metadata"]["name"], mark)


def _pod(job: Object) -> Object:
    template: dict[str, Any] = copy.deepcopy(job["spec"]["template"])
    name, uid = job["metadata"]["name"], job["metadata"]["uid"]
    metadata = template.setdefault("metadata", {})
    metadata["name"] = f"{name[:57]}-{secrets.token_hex(3)[:5]}"
    own = {"batch.kubernetes.io/job-name": name, "job-name": name, "batch.kubernetes.io/controller-uid": uid}
    metadata["labels"] = {**metadata.get("labels", {}), **own}
    metadata["ownerReferences"] = [
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "name": name,
            "uid": uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ]
    return {"apiVersion": "v1", "kind": "Pod", **template, "status": {"phase": "Pending"}}
