"""`python -m carbonlink` is the command `carbonlink`."""

from .cli import main

raise SystemExit(main())
