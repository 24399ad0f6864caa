"""The backward half of Inspect: where every derivative comes from, and what it does to a weight."""
