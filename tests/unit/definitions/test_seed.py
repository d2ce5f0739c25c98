"""The code of the document that Headrace was started from loads with only its import line changed."""

from __future__ import annotations

import os

import headrace as dg
from headrace import (
    AssetSelection,
    Definitions,
    ScheduleDefinition,
    asset,
    define_asset_job,
    job,
    k8s_job_executor,
    multiprocess_executor,
    op,
)


@op(description="Generate a list of numbers from 1 to 10")
def generate_numbers():
    return list(range(1, 11))


@op(description="Filter even numbers from the list")
def filter_even_numbers(numbers):
    return [num for num in numbers if num % 2 == 0]


@op(description="Filter odd numbers from the list")
def filter_odd_numbers(numbers):
    return [num for num in numbers if num % 2 != 0]


@op(description="Calculate the sum of the given list of even numbers")
def sum_even_numbers(numbers):
    return sum(numbers)


@op(description="Calculate the sum of the given list of odd numbers")
def sum_odd_numbers(numbers):
    return sum(numbers)


@op(description="Sum the two numbers")
def sum_two_sums(first_number, second_number):
    return first_number + second_number


@job(description="Process numbers", tags={"domain": "numbers"})
def process_numbers():
    numbers = generate_numbers()

    even_numbers = filter_even_numbers(numbers)
    odd_numbers = filter_odd_numbers(numbers)

    even_sum = sum_even_numbers(even_numbers)
    odd_sum = sum_odd_numbers(odd_numbers)

    sum_two_sums(even_sum, odd_sum)


@job(executor_def=multiprocess_executor)
def process_numbers_multiprocess():
    sum_even_numbers(filter_even_numbers(generate_numbers()))


@asset(group_name="numbers", description="Generated a list of numbers from 1 to 10", kinds=["python"])
def generated_numbers():
    return list(range(1, 11))


@asset(group_name="numbers", description="Filtered even numbers from the list", kinds=["python"])
def filtered_even_numbers(generated_numbers):
    return [num for num in generated_numbers if num % 2 == 0]


@asset(group_name="numbers", description="Filtered odd numbers from the list", kinds=["python"])
def filtered_odd_numbers(generated_numbers):
    return [num for num in generated_numbers if num % 2 != 0]


@asset(group_name="numbers", description="Summed the even numbers", kinds=["python"])
def summed_even_numbers(filtered_even_numbers):
    return sum(filtered_even_numbers)


@asset(group_name="numbers", description="Summed the odd numbers", kinds=["python"])
def summed_odd_numbers(filtered_odd_numbers):
    return sum(filtered_odd_numbers)


@asset(group_name="numbers", description="Summed the two sums", kinds=["python"])
def summed_two_sums(summed_even_numbers, summed_odd_numbers):
    return summed_even_numbers + summed_odd_numbers


process_numbers_asset = define_asset_job(name="process_numbers_asset", selection=AssetSelection.groups("numbers"))

process_numbers_asset_k8s = define_asset_job(
    name="process_numbers_asset_k8s",
    selection=AssetSelection.groups("numbers"),
    executor_def=k8s_job_executor,
)

process_numbers_every_minute = ScheduleDefinition(job=process_numbers, cron_schedule="* * * * *")
process_numbers_asset_every_minute = ScheduleDefinition(job=process_numbers_asset, cron_schedule="* * * * *")


@dg.sensor(job=process_numbers, minimum_interval_seconds=5)
def check_file_sensor():
    if os.path.exists("/check"):
        yield dg.RunRequest(run_key="check_file_exists")
    else:
        yield dg.SkipReason("check file not exists")


defs = Definitions(
    assets=[
        generated_numbers,
        filtered_even_numbers,
        filtered_odd_numbers,
        summed_even_numbers,
        summed_odd_numbers,
        summed_two_sums,
    ],
    jobs=[process_numbers, process_numbers_multiprocess, process_numbers_asset_k8s],
    schedules=[process_numbers_every_minute, process_numbers_asset_every_minute],
    sensors=[check_file_sensor],
)


def test_everything_is_found_and_fits_together():
    Definitions.validate_loadable(defs)

    assert list(defs.resolve_job_names()) == [
        "process_numbers",
        "process_numbers_multiprocess",
        "process_numbers_asset_k8s",
        "process_numbers_asset",
        "__ASSET_JOB",
    ]
    assert [schedule.name for schedule in defs.resolve_schedules()] == [
        "process_numbers_schedule",
        "process_numbers_asset_schedule",
    ]
    assert [sensor.name for sensor in defs.resolve_sensors()] == ["check_file_sensor"]


def test_ops_and_assets_give_the_same_sum():
    assert process_numbers.execute_in_process().output_for_node("sum_two_sums") == 55
    assert defs.resolve_job("process_numbers_asset").execute_in_process().output_for_node("summed_two_sums") == 55


def test_executors_are_those_that_were_named():
    assert defs.resolve_job("process_numbers_multiprocess").executor_def.name == "multiprocess"
    assert defs.resolve_job("process_numbers_asset_k8s").executor_def.name == "k8s"
    assert defs.resolve_job("process_numbers").executor_def.name == "multi_or_in_process_executor"


def test_the_sensor_skips_until_the_file_is_there(monkeypatch):
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    tick = check_file_sensor.evaluate_tick(dg.build_sensor_context())
    assert (list(tick.run_requests), tick.skip_message) == ([], "check file not exists")

    monkeypatch.setattr(os.path, "exists", lambda path: path == "/check")
    tick = check_file_sensor.evaluate_tick(dg.build_sensor_context())
    assert [(request.run_key, request.job_name) for request in tick.run_requests] == [
        ("check_file_exists", "process_numbers")
    ]


def test_descriptions_groups_and_kinds_are_kept():
    spec = defs.resolve_asset_graph().get(dg.AssetKey("summed_two_sums"))
    assert (spec.group, spec.description, spec.kinds) == ("numbers", "Summed the two sums", {"python"})
    assert (process_numbers.description, process_numbers.tags) == ("Process numbers", {"domain": "numbers"})
