"""What a drawing will do, found without running it: the ground that the semantic rules share.

:mod:`.graph` reduces a scope to nodes and ways. :mod:`.tokens` finds on which ways tokens meet or
fail to meet, with :mod:`.outcomes` as its arithmetic; :mod:`.effects` says what each element reads
and writes, waits for and calls. Nothing here changes the drawing, and nothing takes longer than
a bound that its module names.
"""
