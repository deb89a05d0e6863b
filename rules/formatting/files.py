"""The files of a workspace brought into canonical form: what each becomes, and what keeps it from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from models.speech import listed, say
from rules.formatting import shapes
from rules.formatting.edits import applied
from rules.formatting.meaning import changed
from rules.formatting.repairs import in_quotes_where_asked, repaired
from rules.formatting.rewriting import MeaningChanged, Rewritten, rewrite
from rules.formatting.wanted import Wanted
from rules.language.keys import key_of
from rules.language.keywords import Language
from rules.language.words import words_of
from rules.language.yaml_nodes import Mapping as MappingNode
from rules.language.yaml_nodes import Node
from rules.problems import Problem, Severity
from rules.workspace.fact_list import names_of
from rules.workspace.policy_file import names_of as roles_and_channels
from rules.workspace.workspace import FACTS, FILES, OFFERS, POLICY, VOCABULARY, Loaded, load_texts

_SHAPES: Final[Mapping[str, shapes.Record]] = MappingProxyType(
    {VOCABULARY: shapes.VOCABULARY, POLICY: shapes.POLICY, OFFERS: shapes.OFFERS, FACTS: shapes.FACTS}
)
_Rewriter = Callable[[str], Rewritten]
#: Values that must stand in quotes may stand inside each other.
_MOST_ROUNDS: Final = 20


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file of the workspace, by its name in it: its text, and what it becomes.

    With `problems` it cannot be read, and stays as it is.
    """

    file: str
    before: str
    after: str
    problems: tuple[Problem, ...] = ()


def formatted(
    root: Path, texts: Mapping[str, str], *, language: Language | None = None, fix: bool = False
) -> list[Formatted]:
    """What becomes of files of the workspace in `root`: name -> text, as `text_of` gives it.

    What phrases need of other files (vocabulary, shared facts, roles) is read from the folder. Without `language` each
    phrase stays in its own. `fix` repairs YAML's traps first. Where the vocabulary has errors no phrase can be read,
    and it alone is returned. Raises MeaningChanged.
    """
    basis = _fixed(root, texts) if fix else dict(texts)
    loaded = _load(root, basis)
    wrong = _wrong_with_words(loaded)
    if wrong:
        text = loaded.sources[VOCABULARY].text if VOCABULARY in loaded.sources else ""
        return [Formatted(VOCABULARY, text, text, wrong)]
    rewriter = _rewriter(loaded, language)
    found = [_formatted(name, text, basis[name], loaded, rewriter) for name, text in texts.items()]
    after = {one.file: one.after for one in found if one.after != basis[one.file] and not one.problems}
    different = _different(root, basis, after, loaded) if after else []
    if different:
        raise MeaningChanged(say("what would be written does not mean the same: {names}", names=listed(different)))
    return found


def _different(root: Path, basis: Mapping[str, str], after: Mapping[str, str], loaded: Loaded) -> list[str]:
    """Which of the files that change would mean something else; of the others, those are read that all depend on."""
    beside = {name: text for name, text in basis.items() if name in FILES}
    return changed(loaded, _load(root, {**beside, **after}), {*after, *FILES})


def _formatted(name: str, text: str, basis: str, loaded: Loaded, rewriter: _Rewriter) -> Formatted:
    problems = _problems_of(loaded, name, "E0")
    if problems:
        return Formatted(name, text, text, problems)
    rewritten = rewriter(name)
    if rewritten.problems:
        return Formatted(name, text, text, tuple(rewritten.problems))
    return Formatted(name, text, applied(basis, rewritten.edits))


def _rewriter(loaded: Loaded, language: Language | None) -> _Rewriter:
    """What finds the edits of a file: it knows the words of the workspace's phrases."""
    assert loaded.readable is not None, say("the vocabulary is without errors")
    vocabulary = loaded.readable.vocabulary
    roles, channels = roles_and_channels(_root(loaded, POLICY))
    facts = _root(loaded, FACTS)
    shared = names_of(facts, vocabulary) if isinstance(facts, MappingNode) else ()
    words = words_of(vocabulary, shared, roles=(*roles, *channels))
    wanted = Wanted(vocabulary, language, roles)
    return lambda name: rewrite(loaded.sources[name], _SHAPES.get(name, shapes.RULE), words, wanted)


def _wrong_with_words(loaded: Loaded) -> tuple[Problem, ...]:
    """The errors that keep phrases from being read: those of the vocabulary.

    A spelling for a name that nothing has is none of them: it may be a fact of a rule that is not among the files.
    """
    root = _root(loaded, VOCABULARY)
    sections = root.pairs if isinstance(root, MappingNode) else ()
    tables = [node for key, node in sections if key_of(key.text, ("names",)) and isinstance(node, MappingNode)]
    named = [node for table in tables for _, node in table.pairs if isinstance(node, MappingNode)]
    places = {(key.line, key.column) for names in named for key, _ in names.pairs}
    wrong = _problems_of(loaded, VOCABULARY, "E")
    return tuple(one for one in wrong if one.code != "E201" or (one.line, one.column) not in places)


def _root(loaded: Loaded, name: str) -> Node | None:
    return loaded.sources[name].root if name in loaded.sources else None


def _problems_of(loaded: Loaded, name: str, begins: str) -> tuple[Problem, ...]:
    """The errors of a file whose code begins so."""
    return tuple(
        problem
        for problem in loaded.problems
        if problem.file == name and problem.severity is Severity.ERROR and problem.code.startswith(begins)
    )


# ---------------------------------------------------------------- repairs


def _fixed(root: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts with YAML's traps repaired; one that cannot be read even then stays as it is."""
    fixed = {name: repaired(name, text) for name, text in texts.items()}
    loaded = _load(root, fixed)
    for _ in range(_MOST_ROUNDS):
        quoted = {name: _quoted(name, loaded) for name in texts}
        if quoted == fixed:
            break
        fixed, loaded = quoted, _load(root, quoted)
    return {name: texts[name] if _problems_of(loaded, name, "E0") else text for name, text in fixed.items()}


def _quoted(name: str, loaded: Loaded) -> str:
    source = loaded.sources[name]
    return source.text if source.problems else in_quotes_where_asked(source, _problems_of(loaded, name, "E003"))


# ------------------------------------------------------------------ files


class _Texts(Mapping[str, str]):
    """The files of a workspace: those that are given, and those beside them in its folder."""

    def __init__(self, root: Path, texts: Mapping[str, str]) -> None:
        self._root = root
        self._texts = {name: self._read(name) for name in FILES if (root / name).is_file()} | dict(texts)

    def _read(self, name: str) -> str:
        return text_of((self._root / name).read_bytes())

    def __getitem__(self, name: str) -> str:
        if name in self._texts:
            return self._texts[name]
        if not (self._root / name).is_file():
            raise KeyError(name)
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _load(root: Path, texts: Mapping[str, str]) -> Loaded:
    return load_texts(_Texts(root, texts))


def text_of(content: bytes) -> str:
    """The text of a file: line ends are LF, no byte order mark; bytes that are no UTF-8 are kept as surrogates."""
    text = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def content_of(text: str, before: bytes) -> bytes:
    """The bytes of a text, with the line ends and the byte order mark that its file had."""
    content = text.encode("utf-8", "surrogateescape")
    if b"\r\n" in before:
        content = content.replace(b"\n", b"\r\n")
    return b"\xef\xbb\xbf" + content if before.startswith(b"\xef\xbb\xbf") else content
