"""The lines of one share of the customers, with their places in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, compress

from streams.arrivals.lines import Line, size_of
from streams.arrivals.owners import Share, owner_of
from streams.arrivals.survey import Placed, placed_lines

_BRACE, _RETURN = b"{\r"


class LinesOfShare:
    """Lets the lines of a share through, and counts the others."""

    def __init__(self, share: Share, owners: bytes | None = None) -> None:
        """`owners`: those of all lines of the file, as `Owners` has noted them; None: each line is asked."""
        self._share = share
        self._owners = owners
        #: For `bytes.translate`: what is of the share becomes 1, all else 0.
        self._mine = bytes(owner == share.number for owner in range(256))
        #: Lines of other shares, but for blank ones.
        self.others = 0

    def out_of(self, blocks: Iterable[list[Line]], number: int, offset: int) -> Iterator[list[Placed]]:
        """Those of the share that are not blank; the first line is number `number` and begins at byte `offset`."""
        for block in blocks:
            if _is_usual(block):
                sizes = list(map(len, block))
                offsets = accumulate(map((1).__add__, sizes), initial=offset)
                numbers = range(number, number + len(block))
                yield self._chosen(zip(numbers, offsets, block, strict=False), number, block)
                offset += sum(sizes) + len(block)
            else:
                placed = placed_lines([block], number, offset)
                yield [one for one in placed if self._is_mine(one)]
                offset += sum(size_of(line) + 1 for line in block)
            number += len(block)

    def _chosen(self, placed: Iterable[Placed], first: int, block: list[Line]) -> list[Placed]:
        """Those of the share, of a block that begins with line `first` and has no blank one."""
        if self._share.of == 1:
            return list(placed)
        if self._owners is None:
            owners = bytes(owner_of(line, self._share.of) for line in block)
        else:
            owners = self._owners[first - 1 : first - 1 + len(block)]
        mine = owners.translate(self._mine)
        self.others += mine.count(0)
        return list(compress(placed, mine))

    def _is_mine(self, placed: Placed) -> bool:
        """Whether a line is of the share; else it is counted."""
        number, _, line = placed
        if self._owners is not None:
            mine = self._owners[number - 1 : number] == bytes((self._share.number,))
        else:
            mine = self._share.of == 1 or owner_of(line, self._share.of) == self._share.number
        self.others += not mine
        return mine


def _is_usual(block: list[Line]) -> bool:
    """Whether each line is one as most are: not blank, not too long, without the rest of a Windows newline."""
    try:
        return not [line for line in block if line[0] != _BRACE or line[-1] == _RETURN]
    except IndexError:
        return False
