"""A text that is missing is a defect here, not a key on the screen."""

import os

os.environ["LITTLE_GOLD_CARD_STRICT"] = "1"
