"use strict";
// What this team makes: plain JavaScript, and nothing of Headrace in it.

async function rawNumbers({ log }) {
  log("counting from 1 to 10");
  return Array.from({ length: 10 }, (_, index) => index + 1);
}

async function doubledNumbers({ raw_numbers: numbers }) {
  return numbers.map((number) => 2 * number);
}

async function total({ doubled_numbers: numbers, log }) {
  const sum = numbers.reduce((left, right) => left + right, 0);
  log(`the total is ${sum}`);
  return sum;
}

module.exports = {
  group: "numbers",
  // By name, each after those it is made from.
  assets: {
    raw_numbers: { description: "Numbers from 1 to 10", from: [], make: rawNumbers },
    doubled_numbers: { description: "Every number, twice", from: ["raw_numbers"], make: doubledNumbers },
    total: { description: "The sum of the doubled numbers", from: ["doubled_numbers"], make: total },
  },
  jobs: { sum_numbers: { description: "Makes all of it", assets: ["raw_numbers", "doubled_numbers", "total"] } },
  schedules: { hourly: { cron: "0 * * * *", job: "sum_numbers" } },
};
