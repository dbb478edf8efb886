"""Where facts are decided and kept."""
