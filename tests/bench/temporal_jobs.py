"""The five jobs as Temporal workflows, and the worker that serves them. Activities are threads of this one process."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "bench"
LIMIT = timedelta(seconds=60)
WIDE = 200


@activity.defn
def stamp() -> None:
    now = time.time()
    with open(os.environ["BENCH_STAMP"], "w") as file:
        file.write(repr(now))


@activity.defn
def generate_numbers() -> list[int]:
    return list(range(1, 11))


@activity.defn
def filter_even_numbers(numbers: list[int]) -> list[int]:
    return [number for number in numbers if number % 2 == 0]


@activity.defn
def filter_odd_numbers(numbers: list[int]) -> list[int]:
    return [number for number in numbers if number % 2 != 0]


@activity.defn
def sum_even_numbers(numbers: list[int]) -> int:
    return sum(numbers)


@activity.defn
def sum_odd_numbers(numbers: list[int]) -> int:
    return sum(numbers)


@activity.defn
def sum_two_sums(sums: list[int]) -> int:
    return sum(sums)


@activity.defn
def nothing() -> None:
    pass


async def call(function, *arguments):
    return await workflow.execute_activity(function, args=arguments, start_to_close_timeout=LIMIT)


@workflow.defn(name="one")
class One:
    @workflow.run
    async def run(self) -> None:
        await call(stamp)


@workflow.defn(name="seed")
class Seed:
    @workflow.run
    async def run(self) -> int:
        numbers = await call(generate_numbers)
        sums = await asyncio.gather(
            self.branch(numbers, filter_even_numbers, sum_even_numbers),
            self.branch(numbers, filter_odd_numbers, sum_odd_numbers),
        )
        return await call(sum_two_sums, sums)

    async def branch(self, numbers, select, add):
        return await call(add, await call(select, numbers))


@workflow.defn(name="wide")
class Wide:
    @workflow.run
    async def run(self) -> None:
        await asyncio.gather(*(call(nothing) for _ in range(WIDE)))


ACTIVITIES = [
    stamp,
    generate_numbers,
    filter_even_numbers,
    filter_odd_numbers,
    sum_even_numbers,
    sum_odd_numbers,
    sum_two_sums,
    nothing,
]


async def serve(target: str) -> None:
    client = await Client.connect(target)
    with ThreadPoolExecutor(100) as threads:
        await Worker(
            client,
            task_queue=QUEUE,
            workflows=[One, Seed, Wide],
            activities=ACTIVITIES,
            activity_executor=threads,
        ).run()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
