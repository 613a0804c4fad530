"""A process of its own in which V8 evaluates what may not run in ours.

V8 keeps hostile code from the host, but a few bytes of it can exhaust V8's memory, which ends the
process V8 is in. So it is in another one: :mod:`~.worker`, started when the first text needs it,
without environment, files or memory to spare, and replaced when it fails or does not answer.
:mod:`~.process` talks to it; :mod:`~.border` carries values there and back.
"""
