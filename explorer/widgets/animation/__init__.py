"""Animated pictures to take away: of anything that can draw a picture for each place."""
