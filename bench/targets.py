"""What is to be reached, by the key of a result."""

from dataclasses import dataclass


@dataclass
class Faster:
    """At least so many times as fast as the neighbour."""
    times: float

    def reached(self, row):
        return row.ratio >= self.times

    def __str__(self):
        return f'>= {self.times:.3g}'


@dataclass
class AtMost:
    value: float
    unit: str

    def reached(self, row):
        return row.ours <= self.value

    def __str__(self):
        return f'<= {self.value:,g} {self.unit}'


TARGETS = {
    'packets_16_memory_walk': AtMost(6, 'ns'),
    'packets_16_memory_wslay': Faster(1.7),
    'packets_16_memory_nghttp2': Faster(10),
    'packets_1024_memory_walk': Faster(1 / 1.2),
}
