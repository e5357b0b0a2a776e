"""The archive file itself: made, looked at, opened, upgraded, claimed."""
