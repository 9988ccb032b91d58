"""Questions: what files leave open, each with a proposed answer and how to give it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.ingest.mapping import Where, dotted


@dataclass(frozen=True)
class Question:
    """One thing that a file does not say.

    ``where`` is where its answer stands in a mapping; ``options`` are the answers there are, the
    ``proposed`` one among them; ``assumed`` is what holds until somebody answers, None where
    nothing can be read without an answer.
    """

    where: Where
    file: str
    sentence: str
    options: tuple[str, ...]
    proposed: str
    assumed: str | None = None

    @property
    def flag(self) -> str:
        """How the proposed answer is given on the command line."""
        proposed = self.proposed or "HEADER"
        return f"--answer {shlex.quote(f'{dotted(self.where)}={proposed}')}"

    @property
    def must_be_answered(self) -> bool:
        """Whether the files cannot be read without an answer."""
        return self.assumed is None

    def as_json(self) -> dict[str, Any]:
        """The question as plain values."""
        return {
            "key": dotted(self.where),
            "where": list(self.where),
            "file": self.file,
            "question": self.sentence,
            "options": list(self.options),
            "proposed": self.proposed or None,
            "assumed": self.assumed,
            "answer_with": self.flag,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Question:
        """What ``as_json`` made, as it was."""
        return cls(
            tuple(values["where"]),
            values["file"],
            values["question"],
            tuple(values["options"]),
            values["proposed"] or "",
            values["assumed"],
        )


def each_of_its_file(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Questions of which two files ask the same, each to be answered for its own file."""
    asked = Counter(question.where for question in questions)
    return tuple(
        replace(one, where=(one.where[0], one.file, *one.where[2:]))
        if asked[one.where] > 1
        else one
        for one in questions
    )


def in_words(questions: Sequence[Question]) -> str:
    """Questions for the command line: each with the flag that answers it."""
    return "\n".join(
        f"  {question.sentence}\n    Answer with {question.flag}"
        + (
            f" (or: {', '.join(others)})"
            if (others := [option for option in question.options if option != question.proposed])
            else ""
        )
        for question in questions
    )
