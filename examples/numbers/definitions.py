from __future__ import annotations

import os

import headrace as dg

# The file that the sensor waits for.
CHECK_FILE = os.environ.get("NUMBERS_CHECK_FILE", "/check")


@dg.op(description="Generate a list of numbers from 1 to 10")
def generate_numbers():
    return list(range(1, 11))


@dg.op(description="Filter even numbers from the list")
def filter_even_numbers(numbers):
    return [num for num in numbers if num % 2 == 0]


@dg.op(description="Filter odd numbers from the list")
def filter_odd_numbers(numbers):
    return [num for num in numbers if num % 2 != 0]


@dg.op(description="Calculate the sum of the given list of even numbers")
def sum_even_numbers(numbers):
    return sum(numbers)


@dg.op(description="Calculate the sum of the given list of odd numbers")
def sum_odd_numbers(numbers):
    return sum(numbers)


@dg.op(description="Sum the two numbers")
def sum_two_sums(first_number, second_number):
    return first_number + second_number


@dg.job(description="Process numbers", tags={"domain": "numbers"})
def process_numbers():
    numbers = generate_numbers()

    even_numbers = filter_even_numbers(numbers)
    odd_numbers = filter_odd_numbers(numbers)

    even_sum = sum_even_numbers(even_numbers)
    odd_sum = sum_odd_numbers(odd_numbers)

    sum_two_sums(even_sum, odd_sum)


@dg.asset(group_name="numbers", description="Generated a list of numbers from 1 to 10", kinds=["python"])
def generated_numbers():
    return list(range(1, 11))


@dg.asset(group_name="numbers", description="Filtered even numbers from the list", kinds=["python"])
def filtered_even_numbers(generated_numbers):
    return [num for num in generated_numbers if num % 2 == 0]


@dg.asset(group_name="numbers", description="Filtered odd numbers from the list", kinds=["python"])
def filtered_odd_numbers(generated_numbers):
    return [num for num in generated_numbers if num % 2 != 0]


@dg.asset(group_name="numbers", description="Summed the even numbers", kinds=["python"])
def summed_even_numbers(filtered_even_numbers):
    return sum(filtered_even_numbers)


@dg.asset(group_name="numbers", description="Summed the odd numbers", kinds=["python"])
def summed_odd_numbers(filtered_odd_numbers):
    return sum(filtered_odd_numbers)


@dg.asset(group_name="numbers", description="Summed the two sums", kinds=["python"])
def summed_two_sums(summed_even_numbers, summed_odd_numbers):
    return summed_even_numbers + summed_odd_numbers


process_numbers_asset = dg.define_asset_job(
    name="process_numbers_asset",
    selection=dg.AssetSelection.groups("numbers"),
)

process_numbers_every_minute = dg.ScheduleDefinition(
    job=process_numbers,
    cron_schedule="* * * * *",
)

process_numbers_asset_every_minute = dg.ScheduleDefinition(
    job=process_numbers_asset,
    cron_schedule="* * * * *",
)


@dg.sensor(job=process_numbers, minimum_interval_seconds=5)
def check_file_sensor():
    if os.path.exists(CHECK_FILE):
        yield dg.RunRequest(run_key="check_file_exists")
    else:
        yield dg.SkipReason("check file not exists")


defs = dg.Definitions(
    assets=[
        generated_numbers,
        filtered_even_numbers,
        filtered_odd_numbers,
        summed_even_numbers,
        summed_odd_numbers,
        summed_two_sums,
    ],
    jobs=[
        process_numbers,
        process_numbers_asset,
    ],
    schedules=[
        process_numbers_every_minute,
        process_numbers_asset_every_minute,
    ],
    sensors=[
        check_file_sensor,
    ],
)
