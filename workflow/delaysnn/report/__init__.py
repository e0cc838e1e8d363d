"""Paper room: metrics and traces in; every table and figure out, published values beside ours."""
