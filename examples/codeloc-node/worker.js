"use strict";
// Executes one run: claims it, reports what happens, renews its lease, finishes it.

const crypto = require("node:crypto");
const fs = require("node:fs/promises");
const os = require("node:os");
const path = require("node:path");
const { promisify } = require("node:util");
const { assetKey, grpc, nameOf, secondsOf, services, timestamp } = require("./contract");
const { assetsOf, pipeline, stepsOf } = require("./definitions");

const CALL_SECONDS = 5;
const CLAIM_SECONDS = 30;
const MARGIN_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 2;

const now = () => Number(process.hrtime.bigint()) / 1e9;
const sleep = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

class LeaseLost extends Error {}

/** The coordinator, as one worker sees it: every call is tried again until the lease ends. */
class Coordinator {
  constructor(address) {
    const stub = new services.worker.v1.WorkerService(address, grpc.credentials.createInsecure());
    this.call = (method, request, options) => promisify(stub[method]).call(stub, request, new grpc.Metadata(), options);
    this.holder = {};
    this.leaseEnds = Infinity;
    this.canceled = false;
  }

  async claim(runId, launchToken) {
    this.leaseEnds = now() + CLAIM_SECONDS;
    const claim = { request_id: crypto.randomUUID(), run_id: runId, launch_token: launchToken };
    const sent = now();
    const answer = await this.insist("ClaimRun", { ...claim, worker: `${os.hostname()} pid ${process.pid}` });
    this.holder = { run_id: runId, epoch: answer.epoch, run_token: answer.run_token };
    this.ttl = secondsOf(answer.lease_ttl);
    this.leaseEnds = sent + this.ttl;
    this.heartbeats = setInterval(() => this.beat(), 1000 * secondsOf(answer.heartbeat_interval));
    return answer;
  }

  async insist(method, request) {
    for (let wait = 0.05; ; wait = Math.min(2 * wait, LONGEST_WAIT_SECONDS)) {
      const sent = now();
      const left = this.leaseEnds - MARGIN_SECONDS - sent;
      if (left <= 0) throw new LeaseLost("nobody answered before the lease ended");
      try {
        const deadline = Date.now() + 1000 * Math.min(left, CALL_SECONDS);
        const answer = await this.call(method, { ...this.holder, ...request }, { deadline });
        if (this.ttl) this.leaseEnds = Math.max(this.leaseEnds, sent + this.ttl);
        this.canceled ||= Boolean(answer.cancel_requested);
        return answer;
      } catch (error) {
        const { UNAVAILABLE, DEADLINE_EXCEEDED } = grpc.status;
        if (![UNAVAILABLE, DEADLINE_EXCEEDED].includes(error.code)) throw new LeaseLost(error.details);
        await sleep(wait * (0.5 + Math.random() / 2));
      }
    }
  }

  async beat() {
    try {
      await this.insist("Heartbeat", {});
    } catch (error) {
      leave(error);
    }
  }
}

/** Numbers batches of events, so that a repeated one is stored once. */
class Reporter {
  constructor(coordinator, runId) {
    this.coordinator = coordinator;
    this.runId = runId;
    this.batch = 0;
  }

  event(stepKey, detail) {
    return { run_id: this.runId, step_key: stepKey, attempt: stepKey ? 1 : 0, event_time: timestamp(), ...detail };
  }

  async report(...events) {
    await this.coordinator.insist("ReportEvents", { batch: this.batch + 1, events });
    this.batch += 1;
  }
}

function failureOf(error) {
  const origin = "FAILURE_ORIGIN_USER_CODE";
  return { type: error.name ?? "Error", message: String(error.message ?? error), stack_trace: error.stack ?? "", origin };
}

async function makeAsset(name, directory, reporter) {
  const fileOf = (other) => path.join(directory, "codeloc-node", `${other}.json`);
  const lines = [];
  const log = (message) => lines.push(reporter.event(name, { log_recorded: { level: "LOG_LEVEL_INFO", message } }));
  const inputs = {};
  for (const other of pipeline.assets[name].from) inputs[other] = JSON.parse(await fs.readFile(fileOf(other), "utf8"));
  const value = await pipeline.assets[name].make({ ...inputs, log });
  await fs.mkdir(path.dirname(fileOf(name)), { recursive: true });
  await fs.writeFile(fileOf(name), JSON.stringify(value));
  const metadata = [{ name: "path", path: fileOf(name) }];
  return [...lines, reporter.event(name, { asset_materialized: { asset_key: assetKey(name), metadata } })];
}

async function execute(run, directory, coordinator, reporter) {
  const names = assetsOf(run.job_name, run.asset_selection.map(nameOf));
  const assets = names.map((name) => ({ asset_key: assetKey(name) }));
  await reporter.report(reporter.event("", { run_planned: { steps: stepsOf(names), assets } }));
  for (const name of names) {
    if (coordinator.canceled) return { state: "RUN_STATE_CANCELED" };
    await reporter.report(reporter.event(name, { step_started: { worker: `pid ${process.pid}` } }));
    try {
      const events = await makeAsset(name, directory, reporter);
      await reporter.report(...events, reporter.event(name, { step_succeeded: {} }));
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const failure = failureOf(error);
      await reporter.report(reporter.event(name, { step_failed: { failure } }));
      return { state: "RUN_STATE_FAILED", failure };
    }
  }
  return { state: "RUN_STATE_SUCCEEDED" };
}

function leave(error) {
  console.error(error.message);
  process.exit(1);
}

async function main({ coordinator: address, runId, launchToken }) {
  const coordinator = new Coordinator(address);
  process.on("SIGTERM", () => (coordinator.canceled = true));
  let claim;
  try {
    claim = await coordinator.claim(runId, launchToken);
  } catch {
    // Another worker has it, or it is over.
    process.exit(0);
  }
  try {
    const reporter = new Reporter(coordinator, runId);
    const outcome = await execute(claim.run, claim.artifact_directory, coordinator, reporter);
    clearInterval(coordinator.heartbeats);
    await coordinator.insist("FinishRun", outcome);
    process.exit(0);
  } catch (error) {
    leave(error);
  }
}

process.once("message", main);
// The server may end: the run goes on.
process.on("disconnect", () => undefined);
