"""What a run says at a terminal."""
