"""Mentions in, replies out: every social network through one protocol."""
