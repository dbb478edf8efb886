"""The parts of the import screen: dropping files, naming columns, the preview, booking, past imports."""
