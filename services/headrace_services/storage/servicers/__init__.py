"""gRPC servicers: each method hands its request to the operation of the same name."""
