"""The screens: thin scripts that ask, show and send."""
