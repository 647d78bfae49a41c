"""What a server tells Python's collector, once everything is loaded and before it serves."""

import gc


def leave_what_is_loaded() -> None:
    """Have the collector pass over what is there now, and look at what comes less often.

    What was loaded at the start stays for ever, and need not be walked at every page and message;
    what a page leaves behind is nearly always gone without it. Measured: docs/measurements.md.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
