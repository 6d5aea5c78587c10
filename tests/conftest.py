"""What every test process needs before it starts anything."""

import signal

# A shell in the background hands down an ignored Ctrl-C; what the tests start must hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)
