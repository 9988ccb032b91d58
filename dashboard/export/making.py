"""Making: a file of the export menu is made step by step, and others are answered in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

import panel as pn

from dashboard.errors import DashboardError
from dashboard.export.files import Steps, Work
from dashboard.export.taking import FORMS
from dashboard.state import Explorer
from dashboard.theme import bare
from dashboard.views.actions import Actions
from dashboard.views.session import is_served, soon

log = logging.getLogger(__name__)

NOT_MADE = "This file could not be made; the reason is in the log. Nothing else is affected."


class Making:
    """Makes files of the whole dashboard for one visitor, one at a time.

    ``words`` is what the menu calls the file that is being made, and "" while none is;
    ``changed`` is called whenever that changes, and ``tell`` with why there will be no file.
    """

    def __init__(
        self,
        actions: Actions,
        explorer: Explorer,
        *,
        changed: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        self.actions, self.explorer = actions, explorer
        self.words = ""
        self._changed, self._tell = changed, tell
        actions.on("take", self._take)

    def _take(self, name: str) -> None:
        """Make a file of this form, once the browser has been told that it is coming."""
        if name not in FORMS or self.words:
            return
        form, until = FORMS[name], self.explorer.dataset.data_until
        steps = form.steps(self.explorer)
        at = f"-{until:%Y-%m-%d}" if until else ""
        save = partial(self._hand_over, f"influencer-roi{at}.{form.ending}", form.kind)
        self.words = form.words
        self._changed()
        soon(partial(self._go_on, partial(steps.send, None), steps, save))

    def _go_on(
        self, step: Callable[[], Work | None], steps: Steps[bytes], save: Callable[[bytes], None]
    ) -> None:
        """Take one step towards a file: others are answered between two of them."""
        try:
            with bare():
                work = step()
        except StopIteration as end:
            save(end.value)
        except DashboardError as error:
            self._give_up(str(error))
        except Exception:  # a bug of ours in one file must not leave a visitor waiting for it
            log.exception("A file could not be made")
            self._give_up(NOT_MADE)
        else:
            if work is None:
                soon(partial(self._go_on, partial(steps.send, None), steps, save))
            elif is_served():
                pn.state.execute(partial(self._beside, work, steps, save))
            else:
                self._go_on(_came_of(work, steps), steps, save)

    async def _beside(self, work: Work, steps: Steps[bytes], save: Callable[[bytes], None]) -> None:
        """Do beside the event loop what draws nothing; then go on."""
        step = await asyncio.to_thread(_came_of, work, steps)
        pn.state.execute(partial(self._go_on, step, steps, save), schedule=True)

    def _hand_over(self, name: str, kind: str, content: bytes) -> None:
        self.actions.save_bytes(name, content, kind)
        self.words = ""
        self._changed()

    def _give_up(self, sentence: str) -> None:
        self.words = ""
        self._tell(sentence)
        self._changed()


def _came_of(work: Work, steps: Steps[bytes]) -> Callable[[], Work | None]:
    """Do some work; the step that tells what came of it, an error too."""
    try:
        return partial(steps.send, work())
    except Exception as error:  # noqa: BLE001  # it is raised again where it is told
        return partial(steps.throw, error)
