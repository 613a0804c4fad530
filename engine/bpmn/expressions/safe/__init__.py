"""The safe subset of Python: what may be written, what it does, and how much of it.

:mod:`~engine.bpmn.expressions.safe.checking` refuses at upload whatever is outside the subset;
:mod:`~engine.bpmn.expressions.safe.evaluation` walks what is left, on simpleeval, and counts its
work. Values are those of JSON, dates and moments; they never change in place.
"""
