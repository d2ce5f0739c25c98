"""Messages between the processes of a location."""

from __future__ import annotations

import random

import pytest

from headrace_codeloc.messages import BrokenStreamError, Decoder, Message, encode

MESSAGES = [
    Message("part", {}, b"\x00\xff" * 5000),
    Message("answer", {"id": 7, "pid": 12}),
    Message("refused", {"id": 8, "message": "none — ünïcode"}, b"x"),
]


def test_messages_survive_any_cut() -> None:
    stream = b"".join(map(encode, MESSAGES))
    chance = random.Random(1)
    for _ in range(20):
        decoder, found, start = Decoder(), [], 0
        while start < len(stream):
            size = chance.choice([1, 3, 100, 4096])
            found += decoder.feed(stream[start : start + size])
            start += size
        assert found == MESSAGES


@pytest.mark.parametrize("noise", [b"\xff" * 8, b"\x00\x00\x00\x02\x00\x00\x00\x00{{"])
def test_noise_is_told_from_messages(noise: bytes) -> None:
    with pytest.raises(BrokenStreamError):
        list(Decoder().feed(noise))
