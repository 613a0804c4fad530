"""Slips of people who know other languages: how they are found in FEEL, and what was meant.

Texts are looked at as they were written, as feelin either refuses them without saying what to write
instead, or reads something else in them.
"""
