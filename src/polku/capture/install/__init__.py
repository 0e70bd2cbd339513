"""What the page about installing the tracker is made of: the code to paste, and the events as they arrive."""
