"use strict";
// Errors as every server of the contract gives them: a status code, and an ErrorInfo that says why.

const { Metadata, status } = require("@grpc/grpc-js");
const protobuf = require("protobufjs");

const rpc = protobuf.Root.fromJSON({
  nested: {
    ErrorInfo: {
      fields: {
        reason: { id: 1, type: "string" },
        domain: { id: 2, type: "string" },
        metadata: { id: 3, keyType: "string", type: "string" },
      },
    },
    Any: { fields: { type_url: { id: 1, type: "string" }, value: { id: 2, type: "bytes" } } },
    Status: {
      fields: {
        code: { id: 1, type: "int32" },
        message: { id: 2, type: "string" },
        details: { id: 3, rule: "repeated", type: "Any" },
      },
    },
  },
});
const encode = (type, value) => rpc.lookupType(type).encode(value).finish();

function notFound(kind, name) {
  const code = status.NOT_FOUND;
  const details = `there is no ${kind} "${name}" in this location`;
  const info = encode("ErrorInfo", { reason: "TARGET_NOT_FOUND", domain: "headrace", metadata: { kind, name } });
  const any = { type_url: "type.googleapis.com/google.rpc.ErrorInfo", value: info };
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(encode("Status", { code, message: details, details: [any] })));
  return { code, details, metadata };
}

module.exports = { notFound };
