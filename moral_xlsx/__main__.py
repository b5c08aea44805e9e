"""``python -m moral_xlsx``."""

from moral_xlsx.cli import main

main()
