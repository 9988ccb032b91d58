"""What stands on a page: charts, cards of numbers, tables, and the controls that narrow them.

A view asks once per change and shows the answer in place; ``View`` is what all of them are,
``Chart`` and ``Table`` are the two to derive from. A page names the views it wants
(``dashboard.pages``).
"""
