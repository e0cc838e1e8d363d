"""Report room: from metrics and traces to every table and figure, with published values beside ours."""
