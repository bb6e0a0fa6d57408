"""`python -m chatserver` is the program `chatserver`."""

from chatserver.cli import main

main()
