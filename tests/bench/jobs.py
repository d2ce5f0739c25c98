"""The five jobs, for every side with Dagster's public names: BENCH_API says which package they come from."""

from __future__ import annotations

import importlib
import os
import time

dg = importlib.import_module(os.environ["BENCH_API"])


@dg.op
def stamp() -> None:
    now = time.time()
    with open(os.environ["BENCH_STAMP"], "w") as file:
        file.write(repr(now))


@dg.op
def generate_numbers():
    return list(range(1, 11))


@dg.op
def filter_even_numbers(numbers):
    return [number for number in numbers if number % 2 == 0]


@dg.op
def filter_odd_numbers(numbers):
    return [number for number in numbers if number % 2 != 0]


@dg.op
def sum_even_numbers(numbers):
    return sum(numbers)


@dg.op
def sum_odd_numbers(numbers):
    return sum(numbers)


@dg.op
def sum_two_sums(first_number, second_number):
    return first_number + second_number


@dg.op(out=dg.Out(dg.Nothing))
def nothing():
    pass


@dg.graph
def seed():
    numbers = generate_numbers()
    sum_two_sums(sum_even_numbers(filter_even_numbers(numbers)), sum_odd_numbers(filter_odd_numbers(numbers)))


def wide(name, count, executor):
    @dg.job(name=name, executor_def=executor)
    def job():
        for number in range(count):
            nothing.alias(f"nothing_{number}")()

    return job


@dg.job(executor_def=dg.in_process_executor)
def one():
    stamp()


defs = dg.Definitions(
    jobs=[
        one,
        seed.to_job(name="seed_processes", executor_def=dg.multiprocess_executor),
        seed.to_job(name="seed_in_process", executor_def=dg.in_process_executor),
        wide("wide_in_process", 200, dg.in_process_executor),
        wide("wide_processes", 40, dg.multiprocess_executor),
    ]
)
