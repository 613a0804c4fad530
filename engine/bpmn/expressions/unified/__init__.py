"""The Unified Expression Language of Java: lexer, parser, coercion and what may be called.

A text is parsed into closures once; what evaluates them is :class:`~.running.Run`. Beans of the
application that a drawing came from do not exist here, so a call of one is refused by its name.
"""
