"use strict";
// The pipeline, as the contract describes it.

const { assetKey, digestOf } = require("./contract");
const pipeline = require(process.env.PIPELINE || "./pipeline");

const ALL_ASSETS = "__ASSET_JOB";

const asset = ([name, { description, from }]) => ({
  asset: {
    asset_key: assetKey(name),
    description,
    group_name: pipeline.group,
    kinds: ["javascript"],
    dependencies: from.map((other) => ({ asset_key: assetKey(other) })),
    executable: true,
    op_name: name,
  },
});

const job = ([name, { description, assets }]) => ({
  job: { name, description, asset_keys: [...assets].sort().map(assetKey), executor: "in_process" },
});

const schedule = ([name, { cron, job: jobName }]) => ({
  schedule: { name, cron_expressions: [cron], time_zone: "UTC", job_name: jobName },
});

const byName = (entries) => Object.entries(entries).sort(([left], [right]) => (left < right ? -1 : 1));

// In the order of the stream: by kind, then by name.
const definitions = [
  { job: { name: ALL_ASSETS, implicit_asset_job: true, executor: "in_process" } },
  ...byName(pipeline.jobs).map(job),
  ...byName(pipeline.assets).map(asset),
  ...byName(pipeline.schedules).map(schedule),
];

/** The assets that a job makes, each after those it is made from; undefined if there is no such job. */
function assetsOf(jobName, selection = []) {
  const all = Object.keys(pipeline.assets);
  const known = jobName === ALL_ASSETS ? all : pipeline.jobs[jobName]?.assets;
  return known && all.filter((name) => known.includes(name) && (!selection.length || selection.includes(name)));
}

/** The steps that make some assets. */
function stepsOf(names) {
  return names.map((name) => ({
    step_key: name,
    depends_on: pipeline.assets[name].from.filter((other) => names.includes(other)),
    asset_keys: [assetKey(name)],
  }));
}

module.exports = { assetsOf, definitions, digest: digestOf(definitions), pipeline, stepsOf };
