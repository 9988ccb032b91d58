"""Questions: what files leave open, as a form that is answered before the files are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from dashboard.ingest import Question
from dashboard.ingest.mapping import IGNORE, Where, dotted
from dashboard.schema import TABLES
from dashboard.views.markup import ASSETS, asset

_WORDS: Mapping[str, str] = {
    IGNORE: "None of them: leave it out",
    "count once": "Count it once",
    "count both": "Count both",
    "day first": "Day first, as in 31-12-2026",
    "month first": "Month first, as in 12-31-2026",
    "yes": "Yes",
    "no": "No",
    **{name: table.words.capitalize() for name, table in TABLES.items()},
}


class Form(JSComponent):
    """A question each with its answers; ``answered`` is called once all are, ``anew`` to forget.

    Whatever stands in a question is text.
    """

    questions = param.List(default=[], label="Questions", doc="What is asked, and the answers.")

    _esm: ClassVar[Any] = ASSETS / "questions.js"
    _stylesheets: ClassVar[list[str]] = [asset("drop.css"), asset("questions.css")]

    answered: Callable[[dict[Where, str]], None] | None = None
    anew: Callable[[], None] | None = None

    def __init__(self, **params: Any) -> None:
        super().__init__(visible=False, **params)
        self._asked: dict[str, Question] = {}

    def ask(self, questions: Sequence[Question]) -> None:
        """Ask these, the proposed answers chosen; none take the form away."""
        self._asked = {dotted(question.where): question for question in questions}
        self.param.update(
            questions=[
                {
                    "key": key,
                    "sentence": question.sentence,
                    "options": [option_in_words(question, option) for option in question.options],
                    "chosen": _proposed(question),
                    "must": question.must_be_answered,
                }
                for key, question in self._asked.items()
            ],
            visible=bool(questions),
        )

    def _handle_msg(self, data: Any) -> None:
        """Hear the answers to all that is asked; anything else is ignored."""
        match data:
            case {"anew": True} if self.anew is not None and self._asked:
                self.anew()
            case {"answers": dict() as chosen} if self.answered is not None and self._asked:
                answers = {
                    question.where: question.options[at]
                    for key, question in self._asked.items()
                    if isinstance(at := chosen.get(key), int) and 0 <= at < len(question.options)
                }
                if len(answers) == len(self._asked):
                    self.answered(answers)


def option_in_words(question: Question, option: str) -> str:
    """An answer as a visitor reads it."""
    match question.where[0], option:
        case "columns", "":
            return "No: keep it, not analysed"
        case "columns", header if question.assumed is not None:
            return f"Yes: {header}"
        case "values", written if written == question.where[-1]:
            return f"No: keep {written!r}"
        case "values", meant:
            return f"Yes: it means {meant!r}"
        case (("files" | "dates" | "twice" | "brands"), known):
            return _WORDS.get(known, known)
    return option


def _proposed(question: Question) -> int:
    """The place of the proposed answer; -1 where there is none, and somebody has to choose."""
    if question.proposed not in question.options or (
        question.must_be_answered and not question.proposed
    ):
        return -1
    return question.options.index(question.proposed)
