"use strict";
// What this location defines: two assets, the job that makes them, and a schedule for it.

const raw = { path: ["raw_numbers"] };
const doubled = { path: ["doubled_numbers"] };

const JOB = {
  name: "double_numbers",
  description: "Makes the numbers and doubles them",
  tags: [{ key: "domain", value: "numbers" }],
  asset_keys: [doubled, raw],
  executor: "in_process",
};

const ASSETS = [
  {
    asset_key: doubled,
    description: "Every number, twice",
    group_name: "numbers",
    kinds: ["javascript"],
    dependencies: [{ asset_key: raw }],
    executable: true,
    op_name: "doubled_numbers",
  },
  {
    asset_key: raw,
    description: "Numbers from 1 to 10",
    group_name: "numbers",
    kinds: ["javascript"],
    executable: true,
    op_name: "raw_numbers",
  },
];

const SCHEDULE = {
  name: "every_minute",
  cron_expressions: ["* * * * *"],
  time_zone: "UTC",
  job_name: JOB.name,
  default_state: "INSTIGATOR_STATE_RUNNING",
};

const STEPS = [
  { step_key: "raw_numbers", asset_keys: [raw] },
  { step_key: "doubled_numbers", depends_on: ["raw_numbers"], asset_keys: [doubled] },
];

// In the order of the stream: by kind, then by name.
const DEFINITIONS = [{ job: JOB }, ...ASSETS.map((asset) => ({ asset })), { schedule: SCHEDULE }];

function dueRuns(dueTime) {
  const minute = new Date(Number(dueTime.seconds) * 1000).toISOString();
  const config = JSON.stringify({ ops: { raw_numbers: { config: { minute } } } });
  return [
    {
      run_key: `minute-${minute}`,
      tags: [{ key: "minute", value: minute }],
      run_config: { media_type: "application/json", text: config },
    },
  ];
}

module.exports = { DEFINITIONS, JOB, SCHEDULE, STEPS, dueRuns };
