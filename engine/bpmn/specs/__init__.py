"""Task specs: one file a kind of element. They say what a token does at an element.

SpiffWorkflow calls a spec's hooks over the life of a task: ``_update_hook`` when a token arrives,
``_run_hook`` when it is executed, ``_on_complete_hook`` when it leaves. These specs never predict
where tokens will go; the next tokens are made when one leaves. A spec is compiled once for a
definition version, shared by all its instances, and never changed while they run.
"""
