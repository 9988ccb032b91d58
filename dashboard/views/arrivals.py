"""Arrivals: files on their way into one session, and the dataset they make once all have come."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from dashboard.dataset import Dataset, FileMapping, check_files, load_files, mend
from dashboard.errors import DataError, MappingError, QuestionsError
from dashboard.formats import counted, listing, number
from dashboard.ingest import Question
from dashboard.ingest.mapping import IGNORE, Where, read_mapping
from dashboard.ingest.mending import homes
from dashboard.ingest.questions import each_of_its_file
from dashboard.ingest.report import FileReport
from dashboard.ingest.survey import Plan, survey
from dashboard.ledger import Ledger, ledger_of
from dashboard.schema import TABLES

log = logging.getLogger(__name__)

MOST_FILES = 100
MOST_ASKED = 50
"""Questions that are asked together; what comes after them is asked next."""
MAPPING = ".toml"
"""How the name of a mapping ends."""
YOURS = "your files"
"""What a dataset of files that came here calls its place."""
UNCHANGED = "What is shown has not changed."
FAILED = f"The files could not be read; the reason is in the log. {UNCHANGED}"

Tell = Callable[[str, float | None], None]
"""Told what is being done, and how much of it has been: from 0 to 1, None where nobody knows."""


@dataclass(frozen=True)
class Line:
    """What became of one file, in words that follow its name."""

    file: str
    words: str
    mood: Literal["good", "bad", "plain"] = "good"


@dataclass(frozen=True)
class Outcome:
    """What came of looking at the files: a line for each, a sentence, questions, or a dataset.

    ``ledger`` is held so that whoever uses the dataset finds it built.
    """

    lines: tuple[Line, ...]
    sentence: str = ""
    dataset: Dataset | None = None
    ledger: Ledger | None = None
    questions: tuple[Question, ...] = ()


class Arrivals:
    """Files of one session: those that are complete, by name, and the one that is coming.

    ``mapping`` is what has been answered about them. No more than ``most`` bytes are ever held.
    Nothing here touches a screen, so that reading can be left to a thread.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.files: dict[str, bytes] = {}
        self.mapping = FileMapping()
        self.missing: tuple[str, ...] = tuple(TABLES)
        self.may_go_on = False
        self._without: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """Files are about to come together; a file cut short before is forgotten."""
        self._coming = io.BytesIO()
        self._together: set[str] = set()

    @property
    def held(self) -> int:
        """Bytes held."""
        return sum(map(len, self.files.values())) + self._coming.tell()

    @property
    def waiting(self) -> bool:
        """Whether anything is kept that no dataset has been made of yet."""
        return bool(self.files or self.mapping.answers)

    # ------------------------------------------------------------------ taking

    def add(self, name: str, piece: bytes, *, last: bool) -> None:
        """Take a piece of a file.

        A file that comes later takes the place of an earlier one of its name; of two that come
        together, from two folders, the second gets a number.

        Raises
        ------
        DataError
            It would be more than may be held: everything is forgotten.
        """
        if name not in self._together:
            self._forget(name)
        if self.held + len(piece) > self.most or len(self.files) >= MOST_FILES:
            self.clear()
            most = number(self.most / 1e6, 0 if self.most >= 1e6 else 3)
            raise DataError(
                f"the files are larger than {most} MB together, or more than {MOST_FILES}: that "
                f"is the most that is taken here, and none was kept. {UNCHANGED} Put them into a "
                "folder and serve that.",
                file=name,
            )
        self._coming.write(piece)
        if last:
            content, self._coming = self._coming.getvalue(), io.BytesIO()
            self._keep(name, content)

    def answer(self, answers: Mapping[Where, str]) -> None:
        """Take answers about the files, which are read by them from now on."""
        self.mapping = self.mapping.answered(answers)

    def _keep(self, name: str, content: bytes) -> None:
        count, free = 1, name
        while free in self.files:
            count += 1
            free = f"{name} ({count})"
        self.files[free] = content
        self._together.add(name)

    def _forget(self, name: str) -> None:
        """Forget a file; of a workbook that stays, leave out the sheet of that name."""
        if name in self.files:
            del self.files[name]
            self._without -= {sheet for sheet in self._without if _file_of(sheet) == name}
        elif _file_of(name) in self.files:
            self._without.add(name)

    # ------------------------------------------------------------------ reading

    def read(self, in_use: Dataset | None = None, tell: Tell | None = None) -> Outcome:
        """Look at all that has come; read it if all four tables are there and nothing is open.

        A file that cannot be used is forgotten, with a line that says why; the others wait for
        what is missing, or for answers. Once a dataset is made of them they are forgotten too.

        Parameters
        ----------
        in_use
            The dataset into which rows go that come back mended.
        tell
            Told how far the reading is.
        """
        try:
            return self._read(in_use, tell or _nobody)
        except Exception:
            log.exception("Files that were given could not be read")
            self.clear()
            return Outcome((), FAILED)

    def _read(self, in_use: Dataset | None, tell: Tell) -> Outcome:
        tell("Looking at the files …", None)
        lines = self._take_mappings()
        plan = survey(self.files, self._told)
        lines += [self._refuse(name, error) for name, error in plan.refused.items()]
        hopeless = [
            question
            for question in plan.questions
            if question.must_be_answered and not question.options
        ]
        if hopeless:  # no header is left to choose from
            lines += [self._refuse(one.file, DataError(_without_name(one))) for one in hopeless]
            plan = survey(self.files, self._told)
        back: list[Line] = []
        mended = None
        if self._comes_back(plan):
            back, mended = self._mend(in_use, plan, tell)
            lines += back
            plan = survey(self.files, self._told)
        if self.waiting:
            return _with(self._make(plan, lines, tell), mended)
        self.may_go_on = False
        nothing = "" if back else "No table was recognised. "
        return _with(Outcome(tuple(lines), f"{nothing}{UNCHANGED}"), mended)

    @property
    def _told(self) -> FileMapping:
        """What has been answered, and the sheets that are left out."""
        return self.mapping.answered({("files", sheet): IGNORE for sheet in self._without})

    def _take_mappings(self) -> list[Line]:
        """Take the answers out of the mappings among the files."""
        lines = []
        for name in [name for name in self.files if name.casefold().endswith(MAPPING)]:
            content = self.files.pop(name)
            try:
                read = read_mapping(content.decode("utf-8-sig").replace("\r\n", "\n"), name)
            except UnicodeDecodeError:
                lines.append(Line(name, "was not taken: this is not text in UTF-8.", "bad"))
            except MappingError as error:
                lines.append(_refused(name, error))
            else:
                self.answer(read.answers)
                many = counted(len(read.answers), "answer")
                lines.append(Line(name, f"is a mapping: {many} taken."))
        return lines

    def _refuse(self, name: str, error: DataError) -> Line:
        self._forget(name)
        return _refused(name, error)

    def _make(self, plan: Plan, lines: list[Line], tell: Tell) -> Outcome:
        """Make a dataset of the files, ask about them, or say what they wait for."""
        bad = any(line.mood == "bad" for line in lines)
        must = any(question.must_be_answered for question in plan.questions)
        self.missing = plan.missing
        self.may_go_on = bool(plan.parts) and (must or not plan.missing)
        if bad or (plan.missing and not must):
            return self._wait(plan, lines, bad=bad)
        if must:  # and what is assumed of the other files, so that all is asked at once
            checked = check_files(self.files, self._told, whole=False)
            return self._ask(plan, lines, checked.questions)
        try:
            told = self._told
            dataset = load_files(self.files, YOURS, told, progress=_progress(self.files, tell))
        except QuestionsError as error:
            return self._ask(plan, lines, error.questions)
        except DataError as error:
            refused = self._refuse(error.file or "The files", error)
            self.may_go_on = bool(self.files)
            return self._wait(plan, [*lines, refused], bad=True)
        said = [*map(_said, dataset.report.files), *_ignored(plan), *lines]
        if open_ := [one for one in dataset.report.questions if one.where not in told.answers]:
            return self._ask(plan, said, open_)
        self.clear()
        tell("Adding up …", None)
        return Outcome(tuple(said), "", dataset, ledger_of(dataset))

    def _ask(self, plan: Plan, lines: list[Line], questions: Sequence[Question]) -> Outcome:
        """Ask before anything is used; the files are kept until then."""
        self.may_go_on = False
        asked = each_of_its_file(questions)[:MOST_ASKED]
        known = {line.file for line in lines}
        taken = [line for line in _known(plan) if line.file not in known]
        left = len(questions) - len(asked)
        more = f" {number(left)} more will follow." if left else ""
        many = "One question is" if len(asked) == 1 else f"{number(len(asked))} questions are"
        sentence = f"{many} open before these files are used.{more} {UNCHANGED}"
        return Outcome((*taken, *lines), sentence, questions=asked)

    def _wait(self, plan: Plan, lines: list[Line], *, bad: bool) -> Outcome:
        """What is there so far, and what is still to come."""
        gone = {line.file for line in lines if line.mood == "bad"}
        known = [line for line in _known(plan) if line.file not in gone]
        if not plan.parts and self.mapping.answers and not bad:
            sentence = "The answers are kept: now give the files that they are about."
        elif not plan.parts:
            sentence = "No table was recognised."
        elif plan.missing:
            missing = listing([TABLES[name].words for name in plan.missing])
            sentence = f"Still missing: {missing}."
        else:
            sentence = (
                "All four tables are there, but not every file could be taken. Mend it and give "
                "it again, or go on without it."
            )
        return Outcome((*known, *_ignored(plan), *lines), f"{sentence} {UNCHANGED}")

    # ------------------------------------------------------------------ mending

    def _comes_back(self, plan: Plan) -> bool:
        """Whether rows come back mended into the dataset in use, and not into files given here."""
        if not plan.mends:
            return False
        try:
            homes(plan.mends, {part.text.name: part.table for part in plan.parts})
        except DataError:
            return bool(plan.missing)
        return False

    def _mend(
        self, in_use: Dataset | None, plan: Plan, tell: Tell
    ) -> tuple[list[Line], Dataset | None]:
        """Put rows back into the dataset in use; None where that changes nothing."""
        lines: list[Line] = []
        dataset = in_use
        for name in dict.fromkeys(_file_of(text.name, self.files) for text in plan.mends):
            tell(f"Reading {name}", None)
            content = self.files.pop(name)
            if dataset is None:
                continue
            try:
                after = mend(dataset, {name: content})
            except DataError as error:
                lines.append(_refused(name, error))
                continue
            line, changed = _came_back(name, after.report.files[len(dataset.report.files) :])
            lines.append(line)
            dataset = after if changed else dataset
        return lines, None if dataset is in_use else dataset


def _with(outcome: Outcome, mended: Dataset | None) -> Outcome:
    """The outcome, with the dataset that rows came back into where the files made no other."""
    if mended is None or outcome.dataset is not None:
        return outcome
    sentence = outcome.sentence.removesuffix(UNCHANGED).strip()
    return Outcome(outcome.lines, sentence, mended, ledger_of(mended), outcome.questions)


def _came_back(name: str, reports: Sequence[FileReport]) -> tuple[Line, bool]:
    """How many rows of a mended file came back, and whether that changes anything."""
    accepted = sum(report.accepted for report in reports)
    strangers = sum(report.rules.get("not_set_aside", 0) for report in reports)
    still = sum(report.quarantined for report in reports) - strangers
    if not accepted and not still:
        words = (
            f"changed nothing: {counted(strangers, 'row')} of it had come back before, or "
            f"{'was' if strangers == 1 else 'were'} never set aside here."
        )
        return Line(name, words, "plain"), False
    words = f"{counted(accepted, 'row')} came back" if accepted else "no row came back"
    if still:
        are, them = ("is", "it") if still == 1 else ("are", "them")
        words += f", {number(still)} {are} still set aside: mend {them} in the same file"
    if strangers:
        words += f", {number(strangers)} had come back before"
    return Line(name, f"was taken: {words}.", "plain" if still or strangers else "good"), True


def _file_of(name: str, files: Mapping[str, bytes] = MappingProxyType({})) -> str:
    """The file that a sheet stands in, or the file itself."""
    return name if name in files else name.rpartition(" / ")[0] or name


def _known(plan: Plan) -> list[Line]:
    return [Line(part.text.name, f"is {part.table}.") for part in plan.parts]


def _ignored(plan: Plan) -> list[Line]:
    return [Line(name, f"is not used. {why}", "plain") for name, why in plan.ignored.items()]


def _without_name(question: Question) -> str:
    return question.sentence.removeprefix(f"{question.file}: ")


def _refused(name: str, error: DataError) -> Line:
    place = [
        f"row {error.row}" if error.row else "",
        f"column {error.column!r}" if error.row and error.column else "",
    ]
    where = ", ".join(part for part in place if part)
    return Line(name, f"was not taken: {f'{where}: ' if where else ''}{error.reason}", "bad")


def _said(file: FileReport) -> Line:
    """How many rows of a file were read, accepted and set aside."""
    rows = counted(file.read, "row")
    aside = f", {number(file.quarantined)} set aside" if file.quarantined else ""
    words = f"is {file.table}: {rows} read, {number(file.accepted)} accepted{aside}."
    return Line(file.file, words)


def _nobody(_words: str, _share: float | None) -> None:
    """Nobody listens."""


def _progress(files: Mapping[str, bytes], tell: Tell) -> Callable[[str, int, int], None]:
    """Turn what the reading says of itself into words and a share."""
    total = sum(map(len, files.values())) or 1
    done: dict[str, int] = {}

    def progress(file: str, read: int, rows: int) -> None:
        done[file] = read
        tell(f"Reading {file}: {counted(rows, 'row')}", min(1.0, sum(done.values()) / total))

    return progress
