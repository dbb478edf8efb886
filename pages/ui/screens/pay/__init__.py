"""The parts of the screen that pays: whom, how much, with what, what it comes to, what came of it."""
