"""Reads, checks and runs BPMN and DMN files: the only room that knows SpiffWorkflow and lxml.

An upload is compiled in steps: :mod:`~engine.bpmn.reader` (bytes to a checked document),
:mod:`~engine.bpmn.rules` (what is wrong with it), :mod:`~engine.bpmn.normal` (a drawing from the
real world to normal form), then the compiler (normal form to specs).
"""
