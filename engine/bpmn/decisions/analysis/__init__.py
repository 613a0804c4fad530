"""What the rules for decisions share: what a text may name, and which values a table covers.

* :mod:`.scopes` tells the names and types that a text sees, :mod:`.texts` goes through all texts of
  a file, :mod:`.compiling` compiles each once.
* :mod:`.literals` and :mod:`.cells` read simple cells; everything else *may* fit any value.
* :mod:`.columns` cuts the values of a column into pieces that its cells do not tell apart,
  :mod:`.grids` turns a table into boxes over them, :mod:`.covering` looks for what boxes leave
  open, and :mod:`.words` says it.
* :mod:`.examined` is what a rule is given.

Nothing is guessed: a cell that is not understood neither covers nor surely fits anything, and work
is bounded. Property tests compare the answers with those of FEEL, value by value.
"""
