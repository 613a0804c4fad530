"""The JSON API: one file a resource, each with an ``api`` blueprint, found by the application.

Every resource answers for the workspace of the person who asks and says what the pages say, with
the same texts when it refuses. The description is at ``/api/openapi.json``.
"""
