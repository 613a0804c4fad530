"""Reads, checks and runs BPMN and DMN files: the only room that knows SpiffWorkflow and lxml.

An upload is compiled in steps, whose order :mod:`~engine.bpmn.pipeline` keeps:
:mod:`~engine.bpmn.reader` (bytes to a checked document), :mod:`~engine.bpmn.dialects` (words of
vendors to ours), :mod:`~engine.bpmn.rules` (what is wrong with it), :mod:`~engine.bpmn.normal` (a
drawing from the real world to normal form), :mod:`~engine.bpmn.compiling` (normal form to specs).
"""
