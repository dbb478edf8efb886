"""`python -m data COMMAND …`: the same doors as the screens, for automation."""

from data.cli import main

raise SystemExit(main())
