"""How fast it is: ``make bench``. Nothing here is a test, nothing fails for being slow."""
